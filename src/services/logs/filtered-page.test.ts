import { describe, expect, it } from 'vitest'
import { type Clock, ManualClock } from '../../kit/clock.ts'
import { LOG_SEARCH_BYTES, LOG_SEARCH_EVENTS } from '../../model/log-limits.ts'
import type { LogEvent, LogQuery, LogSearchStep } from '../../store/logs/log-store.ts'
import { MemoryLogStore } from '../../store/logs/memory-log-store.ts'
import { filteredPage } from './filtered-page.ts'

/** Gives the same steps whatever is asked, and counts them. */
class SteppingStore extends MemoryLogStore {
  readonly #steps: readonly LogSearchStep[]
  taken = 0

  constructor(steps: readonly LogSearchStep[]) {
    super()
    this.#steps = steps
  }

  override async *search(_query: LogQuery): AsyncGenerator<LogSearchStep, void, void> {
    for (const step of this.#steps) {
      this.taken++
      yield step
    }
  }
}

const event = (timestamp: number, message = 'x'): LogEvent => ({
  streamId: 's',
  timestamp,
  sequence: timestamp,
  ingestedAt: 0,
  message,
})
const step = (timestamp: number, given: Partial<LogSearchStep> = {}): LogSearchStep => ({
  events: [event(timestamp)],
  bytes: 1,
  records: 1,
  next: { timestamp: timestamp + 10, sequence: 0 },
  ...given,
})
const pageOf = (
  logs: SteppingStore,
  isWanted: (event: LogEvent) => boolean = () => true,
  limit = 10,
  clock: Pick<Clock, 'monotonic'> = new ManualClock(),
) => filteredPage(logs, { groupId: 'g', direction: 'forward' }, isWanted, limit, clock)

describe('a page of what matches', () => {
  it('ends when so many bytes were looked through, where the search has come to', async () => {
    const logs = new SteppingStore([step(1), step(2, { events: [], bytes: LOG_SEARCH_BYTES }), step(3)])
    expect(await pageOf(logs)).toEqual({ events: [event(1)], next: { timestamp: 12, sequence: 0 } })
    expect(logs.taken).toBe(2)
  })

  it('ends when so many events were looked at, also if none is wanted', async () => {
    const events = Array.from({ length: LOG_SEARCH_EVENTS }, () => event(1))
    const page = await pageOf(new SteppingStore([step(1, { events }), step(2)]), () => false)
    expect(page).toEqual({ events: [], next: { timestamp: 11, sequence: 0 } })
  })

  it('ends when it has taken long, and lets others have the process meanwhile', async () => {
    let [now, others] = [0, 0]
    const clock = { monotonic: () => now }
    const slow = (): boolean => {
      now += 3000
      setImmediate(() => others++)
      return false
    }
    const events = [event(1), event(1), event(1), event(1)]
    expect(await pageOf(new SteppingStore([step(1, { events }), step(2)]), slow, 10, clock)).toEqual({
      events: [],
      next: { timestamp: 11, sequence: 0 },
    })
    expect(others).toBeGreaterThan(2)
  })

  it('goes on behind its last event when it is full', async () => {
    const page = await pageOf(new SteppingStore([step(1, { events: [event(1), event(2), event(3)] })]), undefined, 2)
    expect(page).toEqual({ events: [event(1), event(2)], next: { timestamp: 2, sequence: 2 } })
    const large = 'x'.repeat(600_000)
    const ofLarge = step(1, { events: [event(1, large), event(2, large)] })
    expect((await pageOf(new SteppingStore([ofLarge]))).next).toEqual({ timestamp: 1, sequence: 1 })
  })

  it('is the last one when the search has ended', async () => {
    const last: LogSearchStep = { events: [event(2)], bytes: LOG_SEARCH_BYTES, records: 1 }
    expect(await pageOf(new SteppingStore([step(1), last]))).toEqual({ events: [event(1), event(2)] })
  })
})
