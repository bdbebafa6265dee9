/** Which data a store keeps, and which series a query means. Pure. */
import { METRIC_LEAD_MS, METRIC_RETENTION_MS } from '../../model/metric-limits.ts'
import { metricKey, type MetricSubject, subjectKey } from './metric-minutes.ts'
import type { MetricDatum, MetricOwner, MetricSeries, MetricSeriesQuery } from './metric-store.ts'

export const isKept = ({ timestamp, statistics }: MetricDatum, now: number): boolean =>
  timestamp >= now - METRIC_RETENTION_MS && timestamp < now + METRIC_LEAD_MS && statistics.sampleCount > 0

export const isOwn = ({ account, region }: MetricOwner, subject: MetricSubject): boolean =>
  subject.account === account && subject.region === region

export const isMeant = (series: MetricSeries, { namespace, metricName, dimensions = [] }: MetricSeriesQuery): boolean =>
  (namespace === undefined || series.namespace === namespace) &&
  (metricName === undefined || series.metricName === metricName) &&
  dimensions.every(({ name, value }) =>
    series.dimensions.some((each) => each.name === name && (value === undefined || each.value === value)),
  )

/** Series, each once. */
export class SeriesSet {
  readonly #series = new Map<string, MetricSeries>()

  add(series: MetricSeries): void {
    this.#series.set(`${subjectKey({ account: '', region: '', ...series })}\n${metricKey(series)}`, series)
  }

  values(): readonly MetricSeries[] {
    return [...this.#series.values()]
  }
}
