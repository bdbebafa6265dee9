/** Which batches of events PutLogEvents takes, and which events of them. */
import type { InputLogEvent, RejectedLogEventsInfo } from '@aws-sdk/client-cloudwatch-logs'
import {
  LOG_BATCH_BYTES,
  LOG_BATCH_EVENTS,
  LOG_BATCH_SPAN_MS,
  LOG_EVENT_AGE_MS,
  LOG_EVENT_LEAD_MS,
} from '../../model/log-limits.ts'
import type { LogGroupRecord } from '../../model/log-records.ts'
import { EVENT_OVERHEAD_BYTES, type NewLogEvent } from '../../store/logs/log-store.ts'
import { checkConstraints } from '../constraints.ts'
import { invalidParameter } from './faults.ts'
import { expiryOf } from './lookups.ts'

/** The events of a request. Throws `InvalidParameterException` if the batch as a whole cannot be taken. */
export const checkedEvents = (logEvents: readonly InputLogEvent[] | undefined = []): readonly NewLogEvent[] => {
  checkConstraints({ logEvents }, { logEvents: { min: 1, max: LOG_BATCH_EVENTS } }, invalidParameter)
  const events = logEvents.map(checkedEvent)
  checkSize(events)
  checkOrder(events)
  return events
}

const checkedEvent = ({ timestamp = 0, message = '' }: InputLogEvent, index: number): NewLogEvent => {
  if (timestamp < 0) throw outOfRange(index, 'timestamp', 'value greater than or equal to 0')
  if (message === '') throw outOfRange(index, 'message', 'length greater than or equal to 1')
  return { timestamp, message }
}

const outOfRange = (index: number, member: keyof NewLogEvent, wanted: string) =>
  invalidParameter(
    `1 validation error detected: Value at 'logEvents.${index + 1}.member.${member}' failed to satisfy constraint: Member must have ${wanted}`,
  )

const checkSize = (events: readonly NewLogEvent[]): void => {
  let bytes = 0
  for (const { message } of events) bytes += Buffer.byteLength(message) + EVENT_OVERHEAD_BYTES
  if (bytes > LOG_BATCH_BYTES)
    throw invalidParameter(`Upload too large: ${bytes} bytes exceeds limit of ${LOG_BATCH_BYTES}`)
}

const checkOrder = (events: readonly NewLogEvent[]): void => {
  let last = Number.NEGATIVE_INFINITY
  for (const { timestamp } of events) {
    if (timestamp < last)
      throw invalidParameter('Log events in a single PutLogEvents request must be in chronological order.')
    last = timestamp
  }
  if (last - (events[0]?.timestamp ?? last) > LOG_BATCH_SPAN_MS)
    throw invalidParameter('The batch of log events in a single PutLogEvents request cannot span more than 24 hours.')
}

export interface Accepted {
  readonly accepted: readonly NewLogEvent[]
  readonly rejectedLogEventsInfo?: RejectedLogEventsInfo
}

/** The events without those that are too old, too new, or expired already. They are in order, so these are at the ends. */
export const acceptedEvents = (events: readonly NewLogEvent[], group: LogGroupRecord, now: number): Accepted => {
  const tooOld = indexFrom(events, now - LOG_EVENT_AGE_MS)
  const expired = indexFrom(events, expiryOf(group, now))
  const tooNew = indexFrom(events, now + LOG_EVENT_LEAD_MS + 1)
  const accepted = events.slice(Math.max(tooOld, expired), tooNew)
  if (accepted.length === events.length) return { accepted }
  return {
    accepted,
    rejectedLogEventsInfo: {
      ...(tooNew < events.length && { tooNewLogEventStartIndex: tooNew }),
      ...(tooOld > 0 && { tooOldLogEventEndIndex: tooOld }),
      ...(expired > 0 && { expiredLogEventEndIndex: expired }),
    },
  }
}

/** Index of the first event of that time or later; their number if there is none. */
const indexFrom = (events: readonly NewLogEvent[], time: number): number => {
  const index = events.findIndex(({ timestamp }) => timestamp >= time)
  return index === -1 ? events.length : index
}
