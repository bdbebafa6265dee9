/**
 * GetLogEvents: events of a stream by time, page by page in both directions. The events of a page are always in the order of time; one
 * that goes backwards has the last that fit.
 */
import type { GetLogEventsRequest, GetLogEventsResponse } from '@aws-sdk/client-cloudwatch-logs'
import { LOG_PAGE_EVENTS } from '../../../model/log-limits.ts'
import type { LogQuery } from '../../../store/logs/log-store.ts'
import { checkConstraints } from '../../constraints.ts'
import { continued } from '../../operations.ts'
import { mayUnmask, onNamed } from '../access.ts'
import type { LogsContext, LogsDeps, LogsOperation } from '../context.ts'
import { readPage } from '../event-page.ts'
import { allTimes } from '../describe.ts'
import { invalidParameter, orUnavailable } from '../faults.ts'
import { checkIsStandard } from '../group-class.ts'
import { expiryOf, type Found, requireStream } from '../lookups.ts'
import { formatToken, type PageToken, parseToken } from '../tokens.ts'

interface Plan {
  readonly query: LogQuery
  readonly limit: number
  readonly gap?: PageToken['gap']
}

const planOf = (input: GetLogEventsRequest, context: LogsContext): Plan => {
  const { limit = LOG_PAGE_EVENTS, nextToken, startFromHead = false } = input
  const bounds = { limit: { min: 1, max: LOG_PAGE_EVENTS }, startTime: { min: 0 }, endTime: { min: 0 } }
  checkConstraints(input, bounds, invalidParameter)
  const { group, stream } = requireStream(context, input)
  checkIsStandard(group, 'GetLogEvents')
  const token = nextToken === undefined ? undefined : parseToken(nextToken)
  const direction = token?.direction ?? (startFromHead ? 'forward' : 'backward')
  const query: LogQuery = {
    groupId: group.groupId,
    streamIds: new Set([stream.streamId]),
    ...timesOf(input, context, { group, stream }),
    direction,
    ...(token && { beyond: beyondGap(token) }),
  }
  return { query, limit, ...(token && { gap: token.gap }) }
}

/** No others than the stream has: a group may have many segments that have nothing of it. */
const timesOf = (
  { startTime = 0, endTime = Number.POSITIVE_INFINITY }: GetLogEventsRequest,
  { logs, now }: LogsContext,
  { group, stream }: Found,
): { readonly from: number; readonly to: number } => {
  const times = allTimes(stream, logs.recentTimes(group.groupId).get(stream.streamId))
  if (times === undefined) return { from: 0, to: 0 }
  return {
    from: Math.max(startTime, expiryOf(group, now), times.firstEventAt),
    to: Math.min(endTime, times.lastEventAt + 1),
  }
}

/** A gap is behind its position: what goes backwards begins with the event of that position. */
const beyondGap = ({ direction, gap: { timestamp, sequence } }: PageToken) =>
  direction === 'forward' ? { timestamp, sequence } : { timestamp, sequence: sequence + 1 }

/** Before everything. */
const START = { timestamp: 0, sequence: 0 }

export const getLogEvents: LogsOperation<GetLogEventsRequest, GetLogEventsResponse> = continued<
  LogsDeps,
  GetLogEventsRequest,
  GetLogEventsResponse,
  Plan
>({
  access: (input, context) => [...onNamed(input, context), ...mayUnmask(input, context)],
  handle: planOf,
  finish: async ({ query, limit, gap = START }, { logs }) => {
    const events = await orUnavailable(() => readPage(logs, query, limit))
    const [first, last] = [events[0], events.at(-1)]
    const before = first === undefined ? gap : { timestamp: first.timestamp, sequence: first.sequence - 1 }
    return {
      events: events.map(({ timestamp, message, ingestedAt }) => ({ timestamp, message, ingestionTime: ingestedAt })),
      nextForwardToken: formatToken({ direction: 'forward', gap: last ?? gap }),
      nextBackwardToken: formatToken({ direction: 'backward', gap: before }),
    }
  },
})
