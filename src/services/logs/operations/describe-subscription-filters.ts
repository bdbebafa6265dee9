/** DescribeSubscriptionFilters: the subscription filters of a group by their names. */
import type {
  DescribeSubscriptionFiltersRequest,
  DescribeSubscriptionFiltersResponse,
} from '@aws-sdk/client-cloudwatch-logs'
import { logFilterKey } from '../../../model/log-filter-records.ts'
import { logGroupRegionKey } from '../../../model/log-records.ts'
import { onNamed } from '../access.ts'
import type { LogsOperation } from '../context.ts'
import { checkFilterNames } from '../filters.ts'
import { requireGroup } from '../lookups.ts'
import { page } from '../page.ts'
import { describeSubscriptionFilter } from '../subscription-filters.ts'

type Request = DescribeSubscriptionFiltersRequest

export const describeSubscriptionFilters: LogsOperation<Request, DescribeSubscriptionFiltersResponse> = {
  access: ({ logGroupName }, context) => onNamed({ logGroupName }, context),
  handle: (request, context) => {
    checkFilterNames(request)
    const { tx, region, account } = context
    const { logGroupName, filterNamePrefix = '' } = request
    const prefix = logFilterKey(requireGroup(context, { logGroupName }).arn, filterNamePrefix)
    const { items, ...rest } = page(context, request, {
      scope: ['DescribeSubscriptionFilters', prefix],
      prefix,
      rowsAfter: (position) =>
        tx.subscriptionFilters.iterateAfter('inRegion', logGroupRegionKey(region, account), position),
      keyOf: ({ key }) => key,
      itemOf: describeSubscriptionFilter,
    })
    return { subscriptionFilters: items, ...rest }
  },
}
