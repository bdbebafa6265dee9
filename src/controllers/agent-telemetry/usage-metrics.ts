/** Makes what tasks used in a minute into metrics, when the minute is over. */
import type { Clock } from '../../kit/clock.ts'
import { MINUTE_MS, type MetricStore, minuteOf } from '../../store/metrics/metric-store.ts'
import type { Store } from '../../store/store.ts'
import type { Controller } from '../controller.ts'
import type { MinuteUsage, UsageBook } from './usage-book.ts'

export interface UsageMetricsOptions {
  readonly store: Store
  readonly clock: Clock
  readonly metrics: MetricStore
  readonly usage: UsageBook
}

const MINUTE_KEY = 'minute'
const NOTHING_USED: MinuteUsage = new Map()

export class UsageMetrics implements Controller {
  readonly name = 'usage-metrics'
  readonly everyMs = MINUTE_MS
  readonly #options: UsageMetricsOptions
  /** The last minute that was made into metrics. Of the one that the server started in, only a part is known. */
  #made: number

  constructor(options: UsageMetricsOptions) {
    this.#options = options
    this.#made = minuteOf(options.clock.now()) - MINUTE_MS
  }

  watch(): () => void {
    return () => {}
  }

  keys(): Iterable<string> {
    return [MINUTE_KEY]
  }

  /** AWS: counts of tasks are told, too, of a minute in which nothing was heard of what they use. */
  async reconcile(): Promise<{ readonly againInMs: number }> {
    const { store, clock, metrics, usage } = this.#options
    const now = clock.now()
    const over = new Map(usage.takeMinutesBefore(now))
    const last = minuteOf(now) - MINUTE_MS
    if (last > this.#made && !over.has(last)) over.set(last, NOTHING_USED)
    this.#made = Math.max(this.#made, last)
    if (over.size > 0 && store.tables.tasks.size > 0) {
      // A server without tasks does without it.
      const { minuteMetrics } = await import('./minute-metrics.ts')
      for (const [minute, used] of over)
        for (const { owner, data } of minuteMetrics(store.tables, minute, used)) metrics.put(owner, data)
    }
    return { againInMs: minuteOf(now) + MINUTE_MS - now }
  }
}
