/** One sample of a metric in the namespace `App`. */
import type { MetricDatum, MetricStatistics } from '../../src/store/metrics/metric-store.ts'
import { BUILT_AT_MS } from './ids.ts'

export const anOwner = { account: '000000000000', region: 'us-east-1' }

export const aStatistic = (value: number): MetricStatistics => ({
  minimum: value,
  maximum: value,
  sum: value,
  sampleCount: 1,
})

export const aMetricDatum = (given: Partial<MetricDatum> = {}): MetricDatum => ({
  namespace: 'App',
  metricName: 'Requests',
  dimensions: [{ name: 'Service', value: 'web' }],
  unit: 'Count',
  timestamp: BUILT_AT_MS,
  statistics: aStatistic(1),
  ...given,
})
