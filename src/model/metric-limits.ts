/** The limits of metrics. */

/** How long statistics are kept. */
export const METRIC_RETENTION_MS = 24 * 3_600_000
/** How far ahead of the clock data may be. Source: MetricDatum of CloudWatch, "up to 2 hours after". */
export const METRIC_LEAD_MS = 2 * 3_600_000
/** Points that wait in memory to be written; what comes beyond is dropped. 5,000 tasks give some 60,000 in a minute. */
export const METRIC_POINTS_WAITING = 500_000
/** Minutes of history in one answer about usage. */
export const LONGEST_USAGE_HISTORY_MINUTES = 60
