/** PutSubscriptionFilter: delivers what comes to a group, from now on, to another group or to a destination; or changes what and where. */
import type { PutSubscriptionFilterRequest } from '@aws-sdk/client-cloudwatch-logs'
import { logFilterKey } from '../../../model/log-filter-records.ts'
import { SUBSCRIPTION_FILTERS_PER_GROUP } from '../../../model/log-limits.ts'
import { onNamed } from '../access.ts'
import type { LogsOperation } from '../context.ts'
import { onDelivery } from '../destinations.ts'
import { limitExceeded } from '../faults.ts'
import { checkedFilterPattern, checkExpressions } from '../filters.ts'
import { checkIsStandard } from '../group-class.ts'
import { requireGroup } from '../lookups.ts'
import { checkDelivery, checkDestination } from '../subscription-filters.ts'

export const putSubscriptionFilter: LogsOperation<PutSubscriptionFilterRequest> = {
  access: ({ logGroupName, destinationArn = '' }, context) => [
    ...onNamed({ logGroupName }, context),
    ...onDelivery(context, destinationArn),
  ],
  handle: (input, context) => {
    const { tx, account, region, now, logs } = context
    const { expressions } = checkedFilterPattern(input)
    checkDelivery(input)
    const { logGroupName, filterName: name = '', filterPattern: pattern = '', destinationArn = '' } = input
    const group = requireGroup(context, { logGroupName })
    checkIsStandard(group, 'PutSubscriptionFilter')
    checkDestination(context, group, destinationArn)
    const key = logFilterKey(group.arn, name)
    const known = tx.subscriptionFilters.get(key)
    const { groupId, name: groupName } = group
    if (known === undefined && tx.subscriptionFilters.findSize('byGroup', groupId) >= SUBSCRIPTION_FILTERS_PER_GROUP)
      throw limitExceeded('Resource limit exceeded.')
    checkExpressions(context, group, expressions, known)
    const created = { account, region, groupId, groupName, name, createdAt: known?.createdAt ?? now }
    tx.subscriptionFilters.put({ key, ...created, pattern, expressions, destinationArn })
    const after = logs.lastSequence(groupId)
    if (known === undefined) tx.logDeliveries.put({ key, after, upTo: after })
    return {}
  },
}
