/** A metric store that keeps nothing when the process ends: for tests and the simulation. */
import type { Clock } from '../../kit/clock.ts'
import { METRIC_RETENTION_MS } from '../../model/metric-limits.ts'
import { metricKey, MetricMinutes, seriesOf, subjectKey } from './metric-minutes.ts'
import type {
  MetricDatum,
  MetricOwner,
  MetricPeriod,
  MetricPoint,
  MetricSeries,
  MetricSeriesQuery,
  MetricStore,
} from './metric-store.ts'
import { isKept, isMeant, isOwn, SeriesSet } from './series-query.ts'

export class MemoryMetricStore implements MetricStore {
  readonly #clock: Clock
  readonly #minutes = new MetricMinutes()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  put(owner: MetricOwner, data: readonly MetricDatum[]): void {
    const now = this.#clock.now()
    this.#minutes.dropBefore(now - METRIC_RETENTION_MS)
    for (const datum of data) if (isKept(datum, now)) this.#minutes.put(owner, datum)
  }

  async read(
    owner: MetricOwner,
    series: readonly MetricSeries[],
    period: MetricPeriod,
  ): Promise<readonly (readonly MetricPoint[])[]> {
    return series.map((each) =>
      this.#minutes
        .points(subjectKey({ ...owner, ...each }), metricKey(each), period)
        .sort((one, other) => one.timestamp - other.timestamp),
    )
  }

  async list(owner: MetricOwner, query: MetricSeriesQuery): Promise<readonly MetricSeries[]> {
    const found = new SeriesSet()
    for (const [minute, subjects] of this.#minutes.minutes()) {
      if (minute < (query.since ?? 0)) continue
      for (const { subject, metrics } of subjects.values()) {
        if (!isOwn(owner, subject)) continue
        for (const metric of metrics.keys()) {
          const series = seriesOf(subject, metric)
          if (isMeant(series, query)) found.add(series)
        }
      }
    }
    return found.values()
  }

  async close(): Promise<void> {}
}
