/**
 * PutLogEvents: appends events to a stream. The transaction finds the stream and decides which events are taken; the log store gets them
 * only then, and the answer leaves when it has them for good.
 */
import { hash } from 'node:crypto'
import type { PutLogEventsRequest, PutLogEventsResponse } from '@aws-sdk/client-cloudwatch-logs'
import type { NewLogBatch, NewLogEvent } from '../../../store/logs/log-store.ts'
import { continued } from '../../operations.ts'
import { onNamed } from '../access.ts'
import { acceptedEvents, checkedEvents } from '../batch.ts'
import type { LogsDeps, LogsOperation } from '../context.ts'
import { orUnavailable } from '../faults.ts'
import { requireStream } from '../lookups.ts'
import { checkNames } from '../names.ts'
import { sequenceToken } from '../tokens.ts'

interface Plan {
  readonly batch: NewLogBatch
  readonly answer: PutLogEventsResponse
}

export const putLogEvents: LogsOperation<PutLogEventsRequest, PutLogEventsResponse> = continued<
  LogsDeps,
  PutLogEventsRequest,
  PutLogEventsResponse,
  Plan
>({
  access: onNamed,
  handle: (input, context) => {
    checkNames(input)
    const events = checkedEvents(input.logEvents)
    const { group, stream } = requireStream(context, input)
    const { accepted, rejectedLogEventsInfo } = acceptedEvents(events, group, context.now)
    return {
      batch: {
        groupId: group.groupId,
        streamId: stream.streamId,
        events: accepted,
        ingestedAt: context.now,
        ...(context.invocationId && { batchId: batchIdOf(context.invocationId, events) }),
      },
      answer: {
        // AWS: still given, and of no use.
        nextSequenceToken: sequenceToken(context.now),
        ...(rejectedLogEventsInfo && { rejectedLogEventsInfo }),
        ...(input.entity && { rejectedEntityInfo: { errorType: 'UnsupportedLogGroupType' as const } }),
      },
    }
  },
  finish: async ({ batch, answer }, { logs }) => {
    if (batch.events.length > 0) await orUnavailable(() => logs.append(batch))
    return answer
  },
})

/**
 * Clients send a call again whose answer they did not get: its events are kept once. Other events are others, also of a client that gives
 * all of its calls the same id.
 */
const batchIdOf = (invocationId: string, events: readonly NewLogEvent[]): string => {
  const outline = JSON.stringify([invocationId, events.length, events[0], events.at(-1)])
  return hash('sha256', outline, 'base64url').slice(0, BATCH_ID_LENGTH)
}

/** 96 bits: enough among the batches of one stream. */
const BATCH_ID_LENGTH = 16
