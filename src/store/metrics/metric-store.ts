/**
 * Where metrics lie: statistics of one minute, for a day. Names, dimensions and units are those that CloudWatch has for them. What is put
 * for a minute that has statistics already is added to them, so that a minute may come in parts; nobody may put the same part twice.
 */

/** Whose metrics these are: other accounts and regions do not see them. */
export interface MetricOwner {
  readonly account: string
  readonly region: string
}

export interface MetricDimension {
  readonly name: string
  readonly value: string
}

/** One line of values over time. The same metric with other dimensions, or in another unit, is another series. */
export interface MetricSeries {
  readonly namespace: string
  readonly metricName: string
  /** Sorted by name. Neither names nor values have line breaks. */
  readonly dimensions: readonly MetricDimension[]
  /** One of CloudWatch's units, e.g. `Percent` or `Bytes/Second`. */
  readonly unit?: string
}

/** CloudWatch's statistic set; at least one sample. The average is `sum / sampleCount`. */
export interface MetricStatistics {
  readonly minimum: number
  readonly maximum: number
  readonly sum: number
  readonly sampleCount: number
}

export interface MetricDatum extends MetricSeries {
  /** Milliseconds since the epoch, anywhere in its minute. */
  readonly timestamp: number
  readonly statistics: MetricStatistics
}

/** The statistics of a minute. */
export interface MetricPoint {
  /** Milliseconds since the epoch, the beginning of the minute. */
  readonly timestamp: number
  readonly statistics: MetricStatistics
}

/** Milliseconds since the epoch. */
export interface MetricPeriod {
  /** Minutes that begin then or later. */
  readonly from: number
  /** Minutes that begin before that. */
  readonly to: number
}

export interface MetricSeriesQuery {
  readonly namespace?: string
  readonly metricName?: string
  /** Series that have all of these, and perhaps others; one without a value stands for every value. */
  readonly dimensions?: readonly { readonly name: string; readonly value?: string }[]
  /** Series with statistics of this time or later, as far as whole hours tell. */
  readonly since?: number
}

export interface MetricStore {
  /**
   * Keeps the data from the next minute on; what was put in the minute before a crash may be lost. Data older than the store keeps them,
   * or more than two hours ahead, are left out.
   */
  put(owner: MetricOwner, data: readonly MetricDatum[]): void
  /** The points of each series in order of time, minutes without statistics left out; what was put just now is among them. */
  read(
    owner: MetricOwner,
    series: readonly MetricSeries[],
    period: MetricPeriod,
  ): Promise<readonly (readonly MetricPoint[])[]>
  /** Series with statistics in the time that is kept. */
  list(owner: MetricOwner, query: MetricSeriesQuery): Promise<readonly MetricSeries[]>
  /** Takes no more, and resolves when everything taken is kept. */
  close(): Promise<void>
}

/** Something could not be kept or read: the message is for operators. */
export class MetricStoreError extends Error {
  override readonly name = 'MetricStoreError'
}

export const MINUTE_MS = 60_000

/** The beginning of the minute that a time lies in. */
export const minuteOf = (timestamp: number): number => Math.floor(timestamp / MINUTE_MS) * MINUTE_MS

export const mergedStatistics = (one: MetricStatistics | undefined, other: MetricStatistics): MetricStatistics =>
  one === undefined
    ? other
    : {
        minimum: Math.min(one.minimum, other.minimum),
        maximum: Math.max(one.maximum, other.maximum),
        sum: one.sum + other.sum,
        sampleCount: one.sampleCount + other.sampleCount,
      }
