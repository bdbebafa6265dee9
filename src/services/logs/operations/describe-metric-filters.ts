/** DescribeMetricFilters: the filters of a group by their names, or those of all groups, or of a metric. */
import type { DescribeMetricFiltersRequest, DescribeMetricFiltersResponse } from '@aws-sdk/client-cloudwatch-logs'
import { logGroupArn } from '../../../model/arn.ts'
import { logFilterKey, type MetricFilterRecord } from '../../../model/log-filter-records.ts'
import { METRIC_NAME } from '../../../model/log-limits.ts'
import { logGroupRegionKey } from '../../../model/log-records.ts'
import { checkConstraints } from '../../constraints.ts'
import { onAllGroups, onNamed } from '../access.ts'
import type { LogsContext, LogsOperation } from '../context.ts'
import { invalidParameter } from '../faults.ts'
import { checkFilterNames } from '../filters.ts'
import { requireGroup } from '../lookups.ts'
import { describeMetricFilter } from '../metric-filters.ts'
import { page } from '../page.ts'

type Request = DescribeMetricFiltersRequest

const METRIC_TEXT = { ...METRIC_NAME, pattern: /^[^:*$]*$/ }

const check = (request: Request): void => {
  checkFilterNames(request)
  checkConstraints(request, { metricName: METRIC_TEXT, metricNamespace: METRIC_TEXT }, invalidParameter)
  if ((request.metricName === undefined) !== (request.metricNamespace === undefined))
    throw invalidParameter('metricName and metricNamespace can only be specified together.')
}

/** AWS: the prefix of names counts only in one group. */
const prefixOf = (context: LogsContext, { logGroupName, filterNamePrefix = '' }: Request): string =>
  logGroupName === undefined
    ? logGroupArn(context.region, context.account, '')
    : logFilterKey(requireGroup(context, { logGroupName }).arn, filterNamePrefix)

export const describeMetricFilters: LogsOperation<Request, DescribeMetricFiltersResponse> = {
  access: ({ logGroupName }, context) =>
    logGroupName === undefined ? onAllGroups({}, context) : onNamed({ logGroupName }, context),
  handle: (request, context) => {
    check(request)
    const { tx, region, account } = context
    const prefix = prefixOf(context, request)
    const { metricName, metricNamespace } = request
    const isWanted = (filter: MetricFilterRecord): boolean =>
      metricName === undefined || (filter.metricName === metricName && filter.metricNamespace === metricNamespace)
    const { items, ...rest } = page(context, request, {
      scope: ['DescribeMetricFilters', prefix, metricName, metricNamespace],
      prefix,
      rowsAfter: (position) => tx.metricFilters.iterateAfter('inRegion', logGroupRegionKey(region, account), position),
      keyOf: ({ key }) => key,
      itemOf: (filter) => (isWanted(filter) ? describeMetricFilter(filter) : undefined),
    })
    return { metricFilters: items, ...rest }
  },
}
