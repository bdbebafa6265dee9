/** The limits of metrics. */

/** How long statistics are kept. */
export const METRIC_RETENTION_MS = 24 * 3_600_000
/** How far ahead of the clock data may be. Source: MetricDatum of CloudWatch, "up to 2 hours after". */
export const METRIC_LEAD_MS = 2 * 3_600_000
