/** StopQuery: ends a query that waits or runs; it keeps what it has found. */
import type { StopQueryRequest, StopQueryResponse } from '@aws-sdk/client-cloudwatch-logs'
import { onAnything } from '../access.ts'
import type { LogsOperation } from '../context.ts'
import { invalidParameter, queryNotFound } from '../faults.ts'

export const stopQuery: LogsOperation<StopQueryRequest, StopQueryResponse> = {
  access: onAnything,
  handle: ({ queryId = '' }, context) => {
    const query = context.queries.get(context, queryId)
    if (query === undefined) throw queryNotFound()
    if (!query.cancel()) throw invalidParameter('The specified query is not running')
    return { success: true }
  },
}
