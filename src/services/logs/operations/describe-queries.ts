/** DescribeQueries: the queries that wait, run, or have run lately, the latest first. */
import type { DescribeQueriesRequest, DescribeQueriesResponse, QueryInfo } from '@aws-sdk/client-cloudwatch-logs'
import { QUERY_LIST_PAGE } from '../../../model/log-limits.ts'
import { checkConstraints } from '../../constraints.ts'
import { sortedPage } from '../../sorted-page.ts'
import { onAnything } from '../access.ts'
import type { LogsOperation } from '../context.ts'
import { invalidParameter, invalidToken } from '../faults.ts'
import type { InsightsQuery } from '../insights-query.ts'
import { checkNames } from '../names.ts'
import { checkLanguage, LANGUAGE } from '../query-language.ts'

const STATUSES = ['Scheduled', 'Running', 'Complete', 'Failed', 'Cancelled', 'Timeout', 'Unknown']

const describe = ({ queryId, order, status, createdAt, durationMs, statistics }: InsightsQuery): QueryInfo => ({
  queryLanguage: LANGUAGE,
  queryId,
  queryString: order.query.text,
  status,
  createTime: createdAt,
  // One name is told; of several groups, none stands for the others.
  ...(order.groups.length === 1 && { logGroupName: order.groups[0]!.name }),
  queryDuration: Math.round(durationMs),
  bytesScanned: statistics.bytesScanned,
  userIdentity: order.userIdentity,
})

/** Digits of a time in milliseconds, for a very long time to come. */
const TIME_DIGITS = 16

export const describeQueries: LogsOperation<DescribeQueriesRequest, DescribeQueriesResponse> = {
  access: onAnything,
  handle: (input, context) => {
    checkLanguage(input.queryLanguage)
    checkNames({ logGroupName: input.logGroupName })
    checkConstraints(
      input,
      { maxResults: { min: 1, max: QUERY_LIST_PAGE.max }, status: { oneOf: STATUSES } },
      invalidParameter,
    )
    const { logGroupName, status, maxResults = QUERY_LIST_PAGE.usual, nextToken } = input
    const isWanted = (query: InsightsQuery): boolean =>
      (status === undefined || query.status === status) &&
      (logGroupName === undefined || query.order.groups.some(({ name }) => name === logGroupName))
    const { items, token } = sortedPage(context, {
      scope: JSON.stringify(['DescribeQueries', logGroupName, status]),
      items: context.queries.find(context).filter(isWanted),
      keyOf: ({ createdAt, queryId }) => String(createdAt).padStart(TIME_DIGITS, '0') + queryId,
      descending: true,
      size: maxResults,
      token: nextToken,
      invalidToken,
    })
    return { queries: items.map(describe), ...(token !== undefined && { nextToken: token }) }
  },
}
