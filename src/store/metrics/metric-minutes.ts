/** Statistics in memory, by minute; within one by what they are of (an owner, a namespace and dimensions), then by metric and unit. */
import {
  mergedStatistics,
  type MetricDatum,
  type MetricOwner,
  type MetricPeriod,
  type MetricPoint,
  type MetricSeries,
  type MetricStatistics,
  minuteOf,
} from './metric-store.ts'

/** What metrics can be of: everything of a series but the metric. */
export interface MetricSubject extends MetricOwner, Pick<MetricSeries, 'namespace' | 'dimensions'> {}

/** A metric and its unit. */
type MetricKey = string

export interface SubjectMinute {
  readonly subject: MetricSubject
  readonly metrics: Map<MetricKey, MetricStatistics>
}

/** By the subject's key. */
export type MetricMinute = ReadonlyMap<string, SubjectMinute>

/** Separates parts of keys; no name has it. */
const SEPARATOR = '\n'

export const subjectKey = ({ account, region, namespace, dimensions }: MetricSubject): string =>
  [account, region, namespace, ...dimensions.flatMap(({ name, value }) => [name, value])].join(SEPARATOR)

export const metricKey = ({ metricName, unit = '' }: Pick<MetricSeries, 'metricName' | 'unit'>): MetricKey =>
  `${metricName}${SEPARATOR}${unit}`

export const seriesOf = ({ namespace, dimensions }: MetricSubject, key: MetricKey): MetricSeries => {
  const [metricName = '', unit = ''] = key.split(SEPARATOR)
  return { namespace, metricName, dimensions, ...(unit !== '' && { unit }) }
}

export class MetricMinutes {
  readonly #minutes = new Map<number, Map<string, SubjectMinute>>()
  #size = 0

  /** Points that are held. */
  get size(): number {
    return this.#size
  }

  put({ account, region }: MetricOwner, datum: MetricDatum): void {
    const { namespace, dimensions } = datum
    const subject = { account, region, namespace, dimensions }
    this.add(minuteOf(datum.timestamp), subject, metricKey(datum), datum.statistics)
  }

  add(minute: number, subject: MetricSubject, metric: MetricKey, statistics: MetricStatistics): void {
    const { metrics } = this.#of(minute, subject)
    const before = metrics.get(metric)
    if (before === undefined) this.#size++
    metrics.set(metric, mergedStatistics(before, statistics))
  }

  minutes(): ReadonlyMap<number, MetricMinute> {
    return this.#minutes
  }

  /** The points of a series, in no order. */
  points(subject: string, metric: MetricKey, { from, to }: MetricPeriod): MetricPoint[] {
    const points: MetricPoint[] = []
    for (const [timestamp, subjects] of this.#minutes) {
      if (timestamp < from || timestamp >= to) continue
      const statistics = subjects.get(subject)?.metrics.get(metric)
      if (statistics !== undefined) points.push({ timestamp, statistics })
    }
    return points
  }

  dropBefore(time: number): void {
    for (const minute of this.#minutes.keys()) if (minute < time) this.remove(minute)
  }

  remove(minute: number): void {
    for (const { metrics } of this.#minutes.get(minute)?.values() ?? []) this.#size -= metrics.size
    this.#minutes.delete(minute)
  }

  /** Adds all that the other has. */
  absorb(other: MetricMinutes): void {
    for (const [minute, subjects] of other.minutes())
      for (const { subject, metrics } of subjects.values())
        for (const [metric, statistics] of metrics) this.add(minute, subject, metric, statistics)
  }

  #of(minute: number, subject: MetricSubject): SubjectMinute {
    const subjects = this.#minutes.get(minute) ?? new Map<string, SubjectMinute>()
    this.#minutes.set(minute, subjects)
    const key = subjectKey(subject)
    const found = subjects.get(key) ?? { subject, metrics: new Map() }
    subjects.set(key, found)
    return found
  }
}
