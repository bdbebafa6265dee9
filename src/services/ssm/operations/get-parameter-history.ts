/** GetParameterHistory: every version of a parameter that is kept, the oldest first. */
import type { GetParameterHistoryRequest, GetParameterHistoryResult, ParameterHistory } from '@aws-sdk/client-ssm'
import { PARAMETER_HISTORY_PAGE } from '../../../model/limits.ts'
import { parameterVersionKey, type ParameterVersionRecord } from '../../../model/parameter-records.ts'
import type { Demand } from '../../operations.ts'
import { onParameter } from '../access.ts'
import type { SsmContext, SsmOperation } from '../context.ts'
import { describeVersion } from '../describe.ts'
import { requireParameter } from '../lookups.ts'
import { referenceOf } from '../names.ts'
import { page } from '../page.ts'
import { decryptionDemands } from '../values.ts'

export const getParameterHistory: SsmOperation<GetParameterHistoryRequest, GetParameterHistoryResult> = {
  access: (input, context) => [onParameter(context, input.Name), ...keyDemands(input, context)],
  handle: (input, context) => {
    const parameter = requireParameter(context, input.Name)
    const { items, nextToken } = page<ParameterVersionRecord, ParameterHistory>(context, input, {
      scope: ['GetParameterHistory', parameter.arn],
      sizes: PARAMETER_HISTORY_PAGE,
      rowsAfter: (position) => context.tx.parameterVersions.iterateAfter('byParameter', parameter.arn, position),
      keyOf: ({ arn, version }) => parameterVersionKey(arn, version),
      itemOf: (version) => describeVersion(context, { parameter, version }, input.WithDecryption),
    })
    return { Parameters: items, ...(nextToken !== undefined && { NextToken: nextToken }) }
  },
}

/** For each version, as each may have a key of its own. */
const keyDemands = (input: GetParameterHistoryRequest, context: SsmContext): readonly Demand[] => {
  const arn = referenceOf(context, input.Name)?.arn ?? ''
  return context.tx.parameterVersions
    .find('byParameter', arn)
    .flatMap((version) => decryptionDemands(context, version, input.WithDecryption))
}
