/** What metric filters make of events: statistics of minutes, by the events' own times. */
import type { Clock } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'
import type { MetricFilterRecord } from '../../model/log-filter-records.ts'
import { METRIC_FILTER_SERIES_PER_HOUR } from '../../model/log-limits.ts'
import { type MetricFilter, type MetricSample, prepareMetricFilter } from '../../model/metric-filter.ts'
import type { NewLogBatch, NewLogEvent } from '../../store/logs/log-store.ts'
import {
  mergedStatistics,
  type MetricDatum,
  type MetricStore,
  type MetricStatistics,
  minuteOf,
} from '../../store/metrics/metric-store.ts'
import type { Store } from '../../store/store.ts'
import { DefaultValues } from './default-values.ts'

export interface MetricCountingOptions {
  readonly store: Store
  readonly clock: Clock
  readonly metrics: MetricStore
  readonly log: Log
}

const HOUR_MS = 3_600_000

export class MetricCounting {
  readonly #options: MetricCountingOptions
  /** Filters made ready, each as long as its record is in use. */
  readonly #prepared = new WeakMap<MetricFilterRecord, MetricFilter>()
  readonly #series = new WeakMap<MetricFilterRecord, SeriesOfHour>()
  readonly #defaults: DefaultValues

  constructor(options: MetricCountingOptions) {
    this.#options = options
    this.#defaults = new DefaultValues(options)
  }

  /** What there is to do for a batch: one step for each filter, which may be slow. */
  steps({ groupId, events }: NewLogBatch): readonly (() => void)[] {
    const filters = this.#options.store.tables.metricFilters.find('byGroup', groupId)
    return filters.map((filter) => () => this.#apply(filter, events))
  }

  stop(): void {
    this.#defaults.stop()
  }

  #apply(filter: MetricFilterRecord, events: readonly NewLogEvent[]): void {
    const { matches, sample } = this.#preparedOf(filter)
    const sheet = new Sheet()
    for (const { timestamp, message } of events) {
      const minute = minuteOf(timestamp)
      const isMatch = matches(message)
      if (filter.defaultValue !== undefined) this.#defaults.note(filter, minute, isMatch)
      const found = isMatch ? sample(message) : undefined
      if (found !== undefined && this.#admits(filter, found)) sheet.add(minute, found)
    }
    const data = sheet.data(filter)
    if (data.length > 0) this.#options.metrics.put(filter, data)
  }

  #preparedOf(filter: MetricFilterRecord): MetricFilter {
    const known = this.#prepared.get(filter) ?? prepareMetricFilter(filter)
    this.#prepared.set(filter, known)
    return known
  }

  /** AWS: a filter whose dimensions have too many values may be disabled; this one takes no more of them for the rest of the hour. */
  #admits(filter: MetricFilterRecord, { dimensions }: MetricSample): boolean {
    if (dimensions.length === 0) return true
    const hour = Math.floor(this.#options.clock.now() / HOUR_MS)
    const known = this.#series.get(filter)
    const series = known?.hour === hour ? known : { hour, keys: new Set<string>(), isTold: false }
    this.#series.set(filter, series)
    const key = keyOf(dimensions)
    if (series.keys.has(key)) return true
    if (series.keys.size < METRIC_FILTER_SERIES_PER_HOUR) return series.keys.add(key).size > 0
    if (!series.isTold)
      this.#options.log.warn('a metric filter has too many values of its dimensions', {
        logGroupName: filter.groupName,
        filterName: filter.name,
      })
    series.isTold = true
    return false
  }
}

interface SeriesOfHour {
  readonly hour: number
  readonly keys: Set<string>
  isTold: boolean
}

const keyOf = (dimensions: MetricSample['dimensions']): string => dimensions.map(({ value }) => value).join('\n')

/** Statistics of minutes and series. */
class Sheet {
  readonly #cells = new Map<
    string,
    { minute: number; dimensions: MetricSample['dimensions']; statistics: MetricStatistics }
  >()

  add(minute: number, { value, dimensions }: MetricSample): void {
    const key = `${minute}\n${keyOf(dimensions)}`
    const one = { minimum: value, maximum: value, sum: value, sampleCount: 1 }
    this.#cells.set(key, { minute, dimensions, statistics: mergedStatistics(this.#cells.get(key)?.statistics, one) })
  }

  data({ metricNamespace: namespace, metricName, unit }: MetricFilterRecord): readonly MetricDatum[] {
    return Array.from(this.#cells.values(), ({ minute: timestamp, dimensions, statistics }) => ({
      namespace,
      metricName,
      dimensions,
      ...(unit !== undefined && { unit }),
      timestamp,
      statistics,
    }))
  }
}
