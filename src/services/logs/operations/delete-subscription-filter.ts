/** DeleteSubscriptionFilter: nothing more is delivered, also not what came before. */
import type { DeleteSubscriptionFilterRequest } from '@aws-sdk/client-cloudwatch-logs'
import { logFilterKey } from '../../../model/log-filter-records.ts'
import { onNamed } from '../access.ts'
import type { LogsOperation } from '../context.ts'
import { notFound } from '../faults.ts'
import { checkFilterNames } from '../filters.ts'
import { requireGroup } from '../lookups.ts'

export const deleteSubscriptionFilter: LogsOperation<DeleteSubscriptionFilterRequest> = {
  access: ({ logGroupName }, context) => onNamed({ logGroupName }, context),
  handle: (input, context) => {
    checkFilterNames(input)
    const { logGroupName, filterName = '' } = input
    const key = logFilterKey(requireGroup(context, { logGroupName }).arn, filterName)
    if (!context.tx.subscriptionFilters.has(key)) throw notFound('The specified subscription filter does not exist.')
    context.tx.subscriptionFilters.remove(key)
    context.tx.logDeliveries.remove(key)
    return {}
  },
}
