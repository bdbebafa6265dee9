/** PutMetricFilter: makes data of a metric from the events that come to a group, or changes how. */
import type { PutMetricFilterRequest } from '@aws-sdk/client-cloudwatch-logs'
import { logFilterKey, type MetricFilterRecord } from '../../../model/log-filter-records.ts'
import { METRIC_FILTERS_PER_GROUP } from '../../../model/log-limits.ts'
import { onNamed } from '../access.ts'
import type { LogsOperation } from '../context.ts'
import { limitExceeded } from '../faults.ts'
import { checkedFilterPattern, checkExpressions } from '../filters.ts'
import { checkIsStandard } from '../group-class.ts'
import { requireGroup } from '../lookups.ts'
import { checkReferences, transformedBy } from '../metric-filters.ts'

export const putMetricFilter: LogsOperation<PutMetricFilterRequest> = {
  access: ({ logGroupName }, context) => onNamed({ logGroupName }, context),
  handle: (input, context) => {
    const { tx, account, region, now } = context
    const { expressions } = checkedFilterPattern(input)
    const transformed = transformedBy(input)
    const group = requireGroup(context, { logGroupName: input.logGroupName })
    checkIsStandard(group, 'PutMetricFilter')
    const { filterName: name = '', filterPattern: pattern = '' } = input
    const key = logFilterKey(group.arn, name)
    const known = tx.metricFilters.get(key)
    if (known === undefined && tx.metricFilters.findSize('byGroup', group.groupId) >= METRIC_FILTERS_PER_GROUP)
      throw limitExceeded('Resource limit exceeded.')
    checkExpressions(context, group, expressions, known)
    const { groupId, name: groupName } = group
    const created = { account, region, groupId, groupName, name, createdAt: known?.createdAt ?? now }
    const filter: MetricFilterRecord = { key, ...created, pattern, expressions, ...transformed }
    checkReferences(filter)
    tx.metricFilters.put(filter)
    return {}
  },
}
