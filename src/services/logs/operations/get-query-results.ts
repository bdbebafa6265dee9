/** GetQueryResults: how far a query has come, and page by page what it has found. */
import type { GetQueryResultsRequest, GetQueryResultsResponse } from '@aws-sdk/client-cloudwatch-logs'
import { INSIGHTS_RESULTS } from '../../../model/limits.ts'
import { checkConstraints } from '../../constraints.ts'
import { onAnything } from '../access.ts'
import type { LogsContext, LogsOperation } from '../context.ts'
import { invalidParameter, invalidToken, queryNotFound } from '../faults.ts'
import { LANGUAGE } from '../query-language.ts'

const scopeOf = ({ account, region }: LogsContext, queryId: string): string =>
  JSON.stringify([account, region, 'GetQueryResults', queryId])

const firstRow = (context: LogsContext, queryId: string, nextToken: string | undefined): number => {
  if (nextToken === undefined) return 0
  const position = context.pageTokens.open(scopeOf(context, queryId), nextToken)
  if (position === undefined) throw invalidToken()
  return Number(position)
}

export const getQueryResults: LogsOperation<GetQueryResultsRequest, GetQueryResultsResponse> = {
  access: onAnything,
  handle: (input, context) => {
    checkConstraints(input, { maxItems: { min: 1, max: INSIGHTS_RESULTS } }, invalidParameter)
    const { queryId = '', nextToken, maxItems = INSIGHTS_RESULTS } = input
    const query = context.queries.get(context, queryId)
    if (query === undefined) throw queryNotFound()
    const from = firstRow(context, queryId, nextToken)
    const to = from + maxItems
    return {
      queryLanguage: LANGUAGE,
      results: query.rows.slice(from, to).map((row) => [...row]),
      statistics: query.statistics,
      status: query.status,
      ...(to < query.rows.length && { nextToken: context.pageTokens.seal(scopeOf(context, queryId), String(to)) }),
    }
  },
}
