/**
 * Default values of metric filters: what a minute counts in which events came and none matched. Whether one matches is known when the
 * minute is over, or, of events of the past, when the minute is over in which they came.
 */
import type { Clock, Timer } from '../../kit/clock.ts'
import type { MetricFilterRecord } from '../../model/log-filter-records.ts'
import { METRIC_FILTER_MINUTES } from '../../model/log-limits.ts'
import { MINUTE_MS, minuteOf, type MetricStore } from '../../store/metrics/metric-store.ts'

export interface DefaultValuesOptions {
  readonly clock: Clock
  readonly metrics: MetricStore
}

interface Minute {
  readonly filter: MetricFilterRecord
  readonly minute: number
  /** When it is decided, and then forgotten. */
  dueAt: number
  /** It has data already. */
  isSettled: boolean
}

/** How long it is remembered that a minute has data, for events that come late. */
const REMEMBERED_MS = 5 * MINUTE_MS

export class DefaultValues {
  readonly #options: DefaultValuesOptions
  /** By filter and minute. */
  readonly #minutes = new Map<string, Minute>()
  #timer: Timer | undefined

  constructor(options: DefaultValuesOptions) {
    this.#options = options
  }

  /** An event of that minute came. */
  note(filter: MetricFilterRecord, minute: number, isMatch: boolean): void {
    const key = `${filter.key}\n${minute}`
    const known = this.#minutes.get(key)
    if (known !== undefined) known.isSettled ||= isMatch
    else if (this.#minutes.size < METRIC_FILTER_MINUTES) {
      const dueAt = Math.max(minute, minuteOf(this.#options.clock.now())) + MINUTE_MS
      this.#minutes.set(key, { filter, minute, dueAt, isSettled: isMatch })
    }
    this.#timer ??= this.#nextTimer()
  }

  stop(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    this.#minutes.clear()
  }

  #nextTimer(): Timer {
    const now = this.#options.clock.now()
    return this.#options.clock.setTimer(minuteOf(now) + MINUTE_MS - now, () => this.#settle())
  }

  #settle(): void {
    const now = this.#options.clock.now()
    for (const [key, minute] of this.#minutes) {
      if (minute.dueAt > now) continue
      if (!minute.isSettled) this.#put(minute)
      if (minute.isSettled && minute.dueAt + REMEMBERED_MS <= now) this.#minutes.delete(key)
    }
    this.#timer = this.#minutes.size > 0 ? this.#nextTimer() : undefined
  }

  #put(settled: Minute): void {
    const { filter, minute: timestamp } = settled
    const { metricNamespace: namespace, metricName, unit, defaultValue: value = 0, systemDimensions } = filter
    settled.isSettled = true
    const dimensions = systemDimensions
      .map((name) => ({ name, value: name === '@aws.account' ? filter.account : filter.region }))
      .toSorted((one, other) => (one.name < other.name ? -1 : 1))
    const statistics = { minimum: value, maximum: value, sum: value, sampleCount: 1 }
    const datum = { namespace, metricName, dimensions, timestamp, statistics, ...(unit !== undefined && { unit }) }
    this.#options.metrics.put(filter, [datum])
  }
}
