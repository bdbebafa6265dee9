/** Reads, of what a subscription has not delivered yet, as much as goes at once: what matches its pattern, by stream. */
import type { Clock } from '../../kit/clock.ts'
import { Turn } from '../../kit/turn.ts'
import { type FilterPattern, literalsOf, parseFilterPattern } from '../../model/filter-pattern/filter-pattern.ts'
import type { LogDeliveryRecord, SubscriptionFilterRecord } from '../../model/log-filter-records.ts'
import { DAY_MS } from '../../model/limits.ts'
import {
  LOG_DELIVERY_BYTES,
  LOG_DELIVERY_EVENTS,
  LOG_DELIVERY_SEARCH_BYTES,
  LOG_TURN_MS,
} from '../../model/log-limits.ts'
import type { LogGroupRecord } from '../../model/log-records.ts'
import type { LogEvent, LogPosition, LogStore } from '../../store/logs/log-store.ts'
import type { Store } from '../../store/store.ts'

/** Events of one stream, in the order of time. */
export interface StreamEvents {
  readonly logStreamName: string
  readonly events: readonly LogEvent[]
}

export interface Portion {
  readonly messages: readonly StreamEvents[]
  /** When the last of the events came. */
  readonly lastIngestedAt: number
  /** Behind which the next portion begins; absent if there is none. */
  readonly next?: LogPosition
}

export interface PortionReaderOptions {
  readonly store: Store
  readonly logs: LogStore
  readonly clock: Clock
}

export class PortionReader {
  readonly #options: PortionReaderOptions
  /** Patterns made ready, each as long as its filter's record is in use. */
  readonly #patterns = new WeakMap<SubscriptionFilterRecord, FilterPattern>()

  constructor(options: PortionReaderOptions) {
    this.#options = options
  }

  async read(filter: SubscriptionFilterRecord, group: LogGroupRecord, progress: LogDeliveryRecord): Promise<Portion> {
    if (progress.upTo <= progress.after) return { messages: [], lastIngestedAt: 0 }
    const events: LogEvent[] = []
    const next = await this.#collect(filter, group, progress, events)
    const lastIngestedAt = events.reduce((last, { ingestedAt }) => Math.max(last, ingestedAt), 0)
    return { messages: this.#byStream(events), lastIngestedAt, ...(next && { next }) }
  }

  async #collect(
    filter: SubscriptionFilterRecord,
    { retentionDays }: LogGroupRecord,
    { after, upTo, position }: LogDeliveryRecord,
    events: LogEvent[],
  ): Promise<LogPosition | undefined> {
    const { logs, clock } = this.#options
    const pattern = this.#patternOf(filter)
    const search = logs.search({
      groupId: filter.groupId,
      direction: 'forward',
      containing: literalsOf(pattern),
      sequences: { after, upTo },
      ...(retentionDays !== undefined && { from: clock.now() - retentionDays * DAY_MS }),
      ...(position && { beyond: position }),
    })
    const turn = new Turn(clock, LOG_TURN_MS)
    let [bytes, searched] = [0, 0]
    for await (const step of search) {
      for (const event of step.events) {
        if (turn.isOver) await turn.giveWay()
        if (!pattern.matches(event.message)) continue
        events.push(event)
        bytes += Buffer.byteLength(event.message)
        if (events.length >= LOG_DELIVERY_EVENTS || bytes >= LOG_DELIVERY_BYTES) return positionOf(event)
      }
      searched += step.bytes
      if (searched >= LOG_DELIVERY_SEARCH_BYTES) return step.next
      await turn.giveWay()
    }
    return undefined
  }

  #patternOf(filter: SubscriptionFilterRecord): FilterPattern {
    const known = this.#patterns.get(filter) ?? parseFilterPattern(filter.pattern)
    this.#patterns.set(filter, known)
    return known
  }

  /** Without those of streams that are gone. */
  #byStream(events: readonly LogEvent[]): readonly StreamEvents[] {
    const { logStreams } = this.#options.store.tables
    return [...Map.groupBy(events, ({ streamId }) => streamId)].flatMap(([streamId, own]) =>
      logStreams.find('byId', streamId).map(({ name }) => ({ logStreamName: name, events: own })),
    )
  }
}

const positionOf = ({ timestamp, sequence }: LogEvent): LogPosition => ({ timestamp, sequence })
