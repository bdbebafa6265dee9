/**
 * FilterLogEvents: the events of a group that match a pattern, of all its streams or of some, by time. A call looks through so much and no
 * more: a page may be short, or have nothing, and yet have a token.
 */
import type { FilteredLogEvent, FilterLogEventsRequest, FilterLogEventsResponse } from '@aws-sdk/client-cloudwatch-logs'
import { eventIdOf } from '../../../model/log-event-id.ts'
import { type FilterPattern, literalsOf } from '../../../model/filter-pattern/filter-pattern.ts'
import { LOG_BACKWARD_SEARCH_SINCE, LOG_PAGE_EVENTS, LOG_STREAM_FILTERS } from '../../../model/log-limits.ts'
import type { LogGroupRecord } from '../../../model/log-records.ts'
import type { LogEvent, LogPosition, LogQuery } from '../../../store/logs/log-store.ts'
import { checkConstraints } from '../../constraints.ts'
import { continued } from '../../operations.ts'
import { mayUnmask, onNamed } from '../access.ts'
import type { LogsContext, LogsDeps, LogsOperation } from '../context.ts'
import { invalidParameter, invalidToken, orUnavailable } from '../faults.ts'
import { checkedPattern } from '../filter-patterns.ts'
import { filteredPage } from '../filtered-page.ts'
import { checkIsStandard } from '../group-class.ts'
import { expiryOf, requireGroup, requireStream } from '../lookups.ts'
import { checkNames } from '../names.ts'
import { namedStreams, streamsOfPrefix } from '../stream-selection.ts'

type Request = FilterLogEventsRequest

interface Plan {
  readonly query: LogQuery
  readonly pattern: FilterPattern
  readonly limit: number
  /** What a token is for. */
  readonly scope: string
}

const check = (input: Request): void => {
  checkConstraints(
    input,
    {
      limit: { min: 1, max: LOG_PAGE_EVENTS },
      startTime: { min: 0 },
      endTime: { min: 0 },
      logStreamNames: { min: 1, max: LOG_STREAM_FILTERS },
    },
    invalidParameter,
  )
  checkNames({ logStreamName: input.logStreamNamePrefix })
  if (input.logStreamNames !== undefined && input.logStreamNamePrefix !== undefined)
    throw invalidParameter('logStreamNames and logStreamNamePrefix cannot be specified together.')
}

const planOf = (input: Request, context: LogsContext): Plan => {
  check(input)
  const pattern = checkedPattern(input.filterPattern ?? '')
  const group = requireGroup(context, input)
  checkIsStandard(group, 'FilterLogEvents')
  const { startTime, endTime, logStreamNames, logStreamNamePrefix, limit = LOG_PAGE_EVENTS } = input
  const filters = [group.groupId, startTime, endTime, logStreamNames, logStreamNamePrefix, pattern.text]
  const scope = JSON.stringify([context.account, context.region, 'FilterLogEvents', ...filters])
  const query: LogQuery = {
    groupId: group.groupId,
    ...streamsOf(input, context, group),
    from: Math.max(startTime ?? 0, expiryOf(group, context.now)),
    // AWS: an event of this very time is given.
    ...(endTime !== undefined && { to: endTime + 1 }),
    containing: literalsOf(pattern),
    ...whereToBegin(input, context, scope),
  }
  return { query, pattern, limit, scope }
}

/** Throws `ResourceNotFoundException` for a stream that is named and not there. */
const streamsOf = (
  { logStreamNames, logStreamNamePrefix }: Request,
  context: LogsContext,
  group: LogGroupRecord,
): Pick<LogQuery, 'streamIds'> => {
  if (logStreamNames !== undefined)
    return {
      streamIds: new Set(
        logStreamNames.map(
          (logStreamName) => requireStream(context, { logGroupName: group.name, logStreamName }).stream.streamId,
        ),
      ),
    }
  return logStreamNamePrefix === undefined ? {} : { streamIds: streamsOfPrefix(context, group, logStreamNamePrefix) }
}

/** A token knows the direction in which it goes on. */
const whereToBegin = (
  { nextToken, startFromHead = true, startTime = 0 }: Request,
  { pageTokens }: LogsContext,
  scope: string,
): Pick<LogQuery, 'direction' | 'beyond'> => {
  if (nextToken === undefined) {
    if (startFromHead) return { direction: 'forward' }
    if (startTime >= LOG_BACKWARD_SEARCH_SINCE) return { direction: 'backward' }
    throw invalidParameter('startFromHead can be false only if startTime is on or after Jan 1, 2024 00:00:00 UTC.')
  }
  const position = pageTokens.open(scope, nextToken)
  if (position === undefined) throw invalidToken()
  return JSON.parse(position) as Required<Pick<LogQuery, 'direction' | 'beyond'>>
}

const tokenOf = ({ pageTokens }: LogsDeps, { scope, query: { direction } }: Plan, beyond: LogPosition): string =>
  pageTokens.seal(scope, JSON.stringify({ direction, beyond }))

export const filterLogEvents: LogsOperation<Request, FilterLogEventsResponse> = continued<
  LogsDeps,
  Request,
  FilterLogEventsResponse,
  Plan
>({
  access: (input, context) => [
    ...onNamed({ logGroupName: input.logGroupName, logGroupIdentifier: input.logGroupIdentifier }, context),
    ...mayUnmask(input, context),
  ],
  handle: planOf,
  finish: async (plan, deps) => {
    const { logs, tables, clock } = deps
    const names = namedStreams(tables, plan.query.groupId)
    const isWanted = (event: LogEvent): boolean =>
      plan.pattern.matches(event.message) && names.of(event.streamId) !== undefined
    const { events, next } = await orUnavailable(() => filteredPage(logs, plan.query, isWanted, plan.limit, clock))
    return {
      events: events.map((event) => describe(event, names.of(event.streamId))),
      // AWS: not given any more.
      searchedLogStreams: [],
      ...(next !== undefined && { nextToken: tokenOf(deps, plan, next) }),
    }
  },
})

const describe = (event: LogEvent, logStreamName: string | undefined): FilteredLogEvent => ({
  logStreamName,
  timestamp: event.timestamp,
  message: event.message,
  ingestionTime: event.ingestedAt,
  eventId: eventIdOf(event),
})
