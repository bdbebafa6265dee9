/**
 * A Live Tail session: every second, the events that came to some groups and match. Events are heard of when they are durable, and wait,
 * sampled, for as long as the client takes to read: a session never has more of them than fit into one update.
 */
import type { LiveTailSessionLogEvent, StartLiveTailResponseStream } from '@aws-sdk/client-cloudwatch-logs'
import type { Clock } from '../../../kit/clock.ts'
import type { Ids } from '../../../kit/ids.ts'
import type { FilterPattern } from '../../../model/filter-pattern/filter-pattern.ts'
import {
  LIVE_TAIL_SESSION_MS,
  LIVE_TAIL_UPDATE_BYTES,
  LIVE_TAIL_UPDATE_EVENTS,
  LIVE_TAIL_UPDATE_MS,
} from '../../../model/log-limits.ts'
import type { LogStore, NewLogBatch } from '../../../store/logs/log-store.ts'
import type { ReadTables } from '../../../store/tables.ts'
import { namedStreams, type StreamNames } from '../stream-selection.ts'
import { Sample } from './sample.ts'

export interface LiveTailRequest {
  readonly groups: readonly { readonly groupId: string; readonly arn: string }[]
  readonly pattern: FilterPattern
  readonly wantsStream: (name: string) => boolean
  /** What the client is told of its session. */
  readonly start: StartLiveTailResponseStream.SessionStartMember
}

export interface LiveTailDeps {
  readonly logs: LogStore
  readonly tables: ReadTables
  readonly clock: Clock
  readonly ids: Ids
}

/** Ends with the iteration. */
export async function* liveTail(
  request: LiveTailRequest,
  deps: LiveTailDeps,
): AsyncGenerator<StartLiveTailResponseStream, void, void> {
  const { clock } = deps
  const ear = new Ear(request, deps)
  const endsAt = clock.monotonic() + LIVE_TAIL_SESSION_MS
  try {
    yield request.start
    while (clock.monotonic() < endsAt) {
      await clock.sleep(LIVE_TAIL_UPDATE_MS)
      if (ear.failure !== undefined) return yield* failed(ear.failure)
      yield ear.update()
    }
    yield { SessionTimeoutException: exception('SessionTimeoutException', 'The Live Tail session has timed out.') }
  } finally {
    ear.close()
  }
}

/** The client is told first, and then whoever looks after the server. */
async function* failed(cause: unknown): AsyncGenerator<StartLiveTailResponseStream, void, void> {
  yield { SessionStreamingException: exception('SessionStreamingException', 'The events cannot be streamed.') }
  throw cause
}

/** As the SDK's types want it; only the message is sent. */
const exception = <Name extends string>(name: Name, message: string) =>
  ({ name, message }) as StartLiveTailResponseStream.SessionTimeoutExceptionMember['SessionTimeoutException'] &
    StartLiveTailResponseStream.SessionStreamingExceptionMember['SessionStreamingException']

/** Listens to the groups, and keeps what matches for the next update. */
class Ear {
  /** Why it hears nothing more. */
  failure: unknown
  readonly #request: LiveTailRequest
  readonly #sample: Sample<LiveTailSessionLogEvent>
  readonly #ends: readonly (() => void)[]

  constructor(request: LiveTailRequest, { logs, tables, ids }: LiveTailDeps) {
    this.#request = request
    this.#sample = new Sample(ids, { items: LIVE_TAIL_UPDATE_EVENTS, bytes: LIVE_TAIL_UPDATE_BYTES })
    this.#ends = request.groups.map(({ groupId, arn }) => {
      const names = namedStreams(tables, groupId)
      return logs.listen(groupId, (batch) => this.#hear(batch, arn, names))
    })
  }

  update(): StartLiveTailResponseStream {
    const { items, isSample } = this.#sample.take()
    return { sessionUpdate: { sessionMetadata: { sampled: isSample }, sessionResults: [...items] } }
  }

  close(): void {
    for (const end of this.#ends) end()
  }

  /** The batch is somebody else's, whom a failure here must not reach. */
  #hear(batch: NewLogBatch, arn: string, names: StreamNames): void {
    if (this.failure !== undefined) return
    try {
      this.#take(batch, arn, names.of(batch.streamId))
    } catch (error) {
      this.failure = error
    }
  }

  #take({ events, ingestedAt }: NewLogBatch, arn: string, logStreamName: string | undefined): void {
    const { pattern, wantsStream } = this.#request
    if (logStreamName === undefined || !wantsStream(logStreamName)) return
    for (const { timestamp, message } of events) {
      if (!pattern.matches(message)) continue
      const event = { logGroupIdentifier: arn, logStreamName, timestamp, ingestionTime: ingestedAt, message }
      this.#sample.add(event, message.length)
    }
  }
}
