/** LookupEvents: the events of the last 90 days, the latest first. A page may have fewer than were asked for, and a next page. */
import type { Event, LookupAttribute, LookupEventsRequest, LookupEventsResponse } from '@aws-sdk/client-cloudtrail'
import { dateOf, parseTimestamp } from '../../../kit/timestamps.ts'
import type { AuditEvent } from '../../../model/audit-event.ts'
import { LOOKUP_EVENTS_RESULTS } from '../../../model/audit-limits.ts'
import type { AuditPosition, AuditQuery } from '../../../store/audit/audit-reader.ts'
import { Fault } from '../../../wire/fault.ts'
import type { PageTokens } from '../../../wire/page-tokens.ts'
import { continued } from '../../operations.ts'
import type { CloudTrailDeps } from '../context.ts'

const SCOPE = 'LookupEvents'

/** The trail is read when it is known that the caller may: that takes long. */
export const lookupEvents = continued<CloudTrailDeps, LookupEventsRequest, LookupEventsResponse, AuditQuery>({
  access: () => [{ resource: '*' }],
  handle: (input, { pageTokens }) => {
    const { LookupAttributes = [], StartTime, EndTime, EventCategory } = input
    if (EventCategory !== undefined) throw fault('InvalidEventCategoryException', 'Insights events are not recorded.')
    if (LookupAttributes.length > 1)
      throw fault('InvalidLookupAttributesException', 'You can only specify one lookup attribute at a time.')
    if (StartTime !== undefined && EndTime !== undefined && StartTime > EndTime)
      throw fault('InvalidTimeRangeException', 'The start time must be before the end time.')
    const [attribute] = LookupAttributes
    const until = EndTime?.getTime() ?? Number.POSITIVE_INFINITY
    const holds = attribute === undefined ? () => true : testOf(attribute)
    const position = positionOf(input.NextToken, pageTokens)
    return {
      matches: (event) => (parseTimestamp(event.eventTime) ?? 0) <= until && holds(event),
      from: StartTime?.getTime() ?? 0,
      count: countOf(input.MaxResults),
      ...(attribute?.AttributeValue !== undefined && isLiteral(attribute) && { contains: attribute.AttributeValue }),
      ...(position && { position }),
    }
  },
  finish: async (query, { audit, pageTokens }) => {
    const { events, next } = await audit.find(query)
    return {
      Events: events.map(describe),
      ...(next && { NextToken: pageTokens.seal(SCOPE, `${next.file}:${next.offset}`) }),
    }
  },
})

const fault = (code: string, message: string): Fault => new Fault({ code, message })

const countOf = (count: number = LOOKUP_EVENTS_RESULTS.most): number => {
  if (count >= LOOKUP_EVENTS_RESULTS.least && count <= LOOKUP_EVENTS_RESULTS.most) return count
  throw fault(
    'InvalidMaxResultsException',
    `The value of MaxResults must be between ${LOOKUP_EVENTS_RESULTS.least} and ${LOOKUP_EVENTS_RESULTS.most}.`,
  )
}

const positionOf = (token: string | undefined, tokens: PageTokens): AuditPosition | undefined => {
  if (token === undefined) return undefined
  const [file, offset] = tokens.open(SCOPE, token)?.split(':') ?? []
  if (file === undefined || offset === undefined)
    throw fault('InvalidNextTokenException', 'The specified next token is invalid.')
  return { file, offset: Number(offset) }
}

/** What an event has under each attribute. */
const VALUES: Readonly<Record<string, (event: AuditEvent) => readonly (string | undefined)[]>> = {
  __proto__: null as never,
  EventId: (event) => [event.eventID],
  EventName: (event) => [event.eventName],
  EventSource: (event) => [event.eventSource],
  ReadOnly: (event) => [String(event.readOnly)],
  Username: (event) => [userNameOf(event)],
  AccessKeyId: (event) => [event.userIdentity.accessKeyId],
  ResourceName: (event) => resourceNames(event),
}

const isLiteral = ({ AttributeKey }: LookupAttribute): boolean => AttributeKey !== 'ReadOnly'

const testOf = ({ AttributeKey, AttributeValue = '' }: LookupAttribute): ((event: AuditEvent) => boolean) => {
  const valuesOf = VALUES[String(AttributeKey)]
  if (valuesOf === undefined)
    throw fault('InvalidLookupAttributesException', `Events cannot be looked up by ${String(AttributeKey)}.`)
  return (event) => valuesOf(event).includes(AttributeValue)
}

/** AWS: the session's name where there is one. */
const userNameOf = ({ userIdentity: { type, userName, arn = '' } }: AuditEvent): string | undefined =>
  type === 'Root' ? 'root' : (userName ?? (arn === '' ? undefined : arn.slice(arn.lastIndexOf('/') + 1)))

/** Every name and ARN among the parameters, one level deep, and what a service dealt with by itself. */
const resourceNames = ({ requestParameters, resources = [] }: AuditEvent): string[] => [
  ...Object.values((requestParameters ?? {}) as object)
    .flat()
    .filter((value) => typeof value === 'string'),
  ...resources.map(({ ARN }) => ARN),
]

const describe = (event: AuditEvent): Event => {
  const { eventID, eventName, eventTime, eventSource, readOnly, userIdentity } = event
  const userName = userNameOf(event)
  return {
    EventId: eventID,
    EventName: eventName,
    ReadOnly: String(readOnly),
    ...(userIdentity.accessKeyId !== undefined && { AccessKeyId: userIdentity.accessKeyId }),
    EventTime: dateOf(parseTimestamp(eventTime) ?? 0),
    EventSource: eventSource,
    ...(userName !== undefined && { Username: userName }),
    Resources: [],
    CloudTrailEvent: JSON.stringify(event),
  }
}
