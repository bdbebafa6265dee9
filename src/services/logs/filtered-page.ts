/** As many events that match a pattern as one answer takes, and as much work as one call does for it: the rest is for the next call. */
import type { Clock } from '../../kit/clock.ts'
import { Turn } from '../../kit/turn.ts'
import {
  LOG_PAGE_BYTES,
  LOG_SEARCH_BYTES,
  LOG_SEARCH_EVENTS,
  LOG_SEARCH_MS,
  LOG_TURN_MS,
} from '../../model/log-limits.ts'
import {
  EVENT_OVERHEAD_BYTES,
  type LogEvent,
  type LogPosition,
  type LogQuery,
  type LogStore,
} from '../../store/logs/log-store.ts'

export interface FilteredPage {
  readonly events: readonly LogEvent[]
  /** For `beyond`, to go on behind the page; absent from the last one. */
  readonly next?: LogPosition
}

export const filteredPage = async (
  logs: LogStore,
  query: LogQuery,
  isWanted: (event: LogEvent) => boolean,
  limit: number,
  clock: Pick<Clock, 'monotonic'>,
): Promise<FilteredPage> => {
  const page = new Page(limit)
  const turn = new Turn(clock, LOG_TURN_MS)
  const endsAt = clock.monotonic() + LOG_SEARCH_MS
  let [bytes, seen] = [0, 0]
  for await (const step of logs.search(query)) {
    for (const event of step.events) {
      if (turn.isOver) await turn.giveWay()
      if (!isWanted(event)) continue
      if (!page.takes(event)) return page.result
    }
    bytes += step.bytes
    seen += step.events.length
    const isEnough = bytes >= LOG_SEARCH_BYTES || seen >= LOG_SEARCH_EVENTS || clock.monotonic() >= endsAt
    if (step.next !== undefined && isEnough) return { events: page.events, next: step.next }
  }
  return { events: page.events }
}

class Page {
  readonly events: LogEvent[] = []
  readonly #limit: number
  #bytes = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  /** False if the event is for the next page. */
  takes(event: LogEvent): boolean {
    this.#bytes += Buffer.byteLength(event.message) + EVENT_OVERHEAD_BYTES
    const isFull = this.events.length === this.#limit || (this.#bytes > LOG_PAGE_BYTES && this.events.length > 0)
    if (!isFull) this.events.push(event)
    return !isFull
  }

  /** Of a page that is full. */
  get result(): FilteredPage {
    const { timestamp, sequence } = this.events.at(-1)!
    return { events: this.events, next: { timestamp, sequence } }
  }
}
