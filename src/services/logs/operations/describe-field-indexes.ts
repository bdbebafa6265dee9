/** DescribeFieldIndexes: the fields that groups have indexes on: those that every group has, and those of its policy. */
import type {
  DescribeFieldIndexesRequest,
  DescribeFieldIndexesResponse,
  FieldIndex,
  IndexCategory,
} from '@aws-sdk/client-cloudwatch-logs'
import type { LogGroupRecord } from '../../../model/log-records.ts'
import { onEachNamed } from '../access.ts'
import type { LogsOperation } from '../context.ts'
import { DEFAULT_INDEXES, indexedFields } from '../index-policies.ts'
import { requireGroups } from '../lookups.ts'

/** AWS: what is asked for unless the request says it. */
const USUAL: readonly IndexCategory[] = ['DEFAULT', 'CUSTOM', 'INACTIVE']

const indexesOf = ({ arn, indexPolicy }: LogGroupRecord): readonly FieldIndex[] => [
  ...DEFAULT_INDEXES.map((fieldIndexName) => ({
    logGroupIdentifier: arn,
    fieldIndexName,
    type: 'FIELD_INDEX' as const,
    indexCategory: 'DEFAULT' as const,
  })),
  ...[...(indexPolicy === undefined ? [] : indexedFields(indexPolicy.document))].map(([fieldIndexName, type]) => ({
    logGroupIdentifier: arn,
    fieldIndexName,
    type,
    indexCategory: 'CUSTOM' as const,
  })),
]

export const describeFieldIndexes: LogsOperation<DescribeFieldIndexesRequest, DescribeFieldIndexesResponse> = {
  access: onEachNamed,
  handle: (input, context) => {
    const { indexCategories = USUAL } = input
    const fieldIndexes = requireGroups(context, input, 'DescribeFieldIndexes').flatMap(indexesOf)
    return {
      fieldIndexes: fieldIndexes.filter(({ indexCategory = 'CUSTOM' }) => indexCategories.includes(indexCategory)),
    }
  },
}
