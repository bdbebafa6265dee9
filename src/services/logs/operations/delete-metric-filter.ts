/** DeleteMetricFilter: events make no more data of the metric; the data that there are stay. */
import type { DeleteMetricFilterRequest } from '@aws-sdk/client-cloudwatch-logs'
import { logFilterKey } from '../../../model/log-filter-records.ts'
import { onNamed } from '../access.ts'
import type { LogsOperation } from '../context.ts'
import { notFound } from '../faults.ts'
import { checkFilterNames } from '../filters.ts'
import { requireGroup } from '../lookups.ts'

export const deleteMetricFilter: LogsOperation<DeleteMetricFilterRequest> = {
  access: ({ logGroupName }, context) => onNamed({ logGroupName }, context),
  handle: (input, context) => {
    checkFilterNames(input)
    const { logGroupName, filterName = '' } = input
    const key = logFilterKey(requireGroup(context, { logGroupName }).arn, filterName)
    if (!context.tx.metricFilters.has(key)) throw notFound('The specified metric filter does not exist.')
    context.tx.metricFilters.remove(key)
    return {}
  },
}
