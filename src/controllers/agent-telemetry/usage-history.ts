/** What was used in the minutes before, in percent, as the metric store has it. */
import {
  type MetricOwner,
  type MetricPoint,
  type MetricSeries,
  type MetricStatistics,
  type MetricStore,
  MINUTE_MS,
  minuteOf,
} from '../../store/metrics/metric-store.ts'
import type { UsageHistory } from '../../model/usage.ts'
import { type Dimensions, sorted } from './dimensions.ts'
import type { InstanceCapacity } from './instance-capacity.ts'
import type { Metric } from './metric-sheet.ts'
import * as metrics from './metrics.ts'
import { rounded } from './sums.ts'

interface Source {
  readonly series: MetricSeries
  readonly percentOf: (statistics: MetricStatistics) => number
}

/** Where the past of something is to be read. */
export interface HistorySource {
  readonly cpu: Source
  readonly memory: Source
}

const seriesOf = (metric: Metric, dimensions: Dimensions): MetricSeries => ({
  ...metric,
  dimensions: sorted(dimensions),
})

const average = ({ sum, sampleCount }: MetricStatistics): number => sum / sampleCount

const averagesOf =
  (cpu: Metric, memory: Metric) =>
  (dimensions: Dimensions): HistorySource => ({
    cpu: { series: seriesOf(cpu, dimensions), percentOf: average },
    memory: { series: seriesOf(memory, dimensions), percentOf: average },
  })

/** Of a cluster or service. */
export const ecsHistory = averagesOf(metrics.CPU_UTILIZATION, metrics.MEMORY_UTILIZATION)

/** Of a family or task. */
export const insightsHistory = averagesOf(metrics.TASK_CPU_UTILIZATION, metrics.TASK_MEMORY_UTILIZATION)

/** Of an instance: what its tasks used together, of what it has. */
export const hostedHistory = (dimensions: Dimensions, { cpuUnits, memoryMiB }: InstanceCapacity): HistorySource => {
  const partOf =
    (whole: number) =>
    ({ sum }: MetricStatistics): number =>
      whole === 0 ? 0 : (sum / whole) * 100
  return {
    cpu: { series: seriesOf(metrics.CPU_UTILIZED, dimensions), percentOf: partOf(cpuUnits) },
    memory: { series: seriesOf(metrics.MEMORY_UTILIZED, dimensions), percentOf: partOf(memoryMiB) },
  }
}

/** Of each source, the given number of minutes up to the last whole one. */
export const readHistory = async (
  store: MetricStore,
  owner: MetricOwner,
  sources: readonly HistorySource[],
  now: number,
  minutes: number,
): Promise<UsageHistory[]> => {
  const to = minuteOf(now)
  const period = { from: to - minutes * MINUTE_MS, to }
  const parts = sources.flatMap(({ cpu, memory }) => [cpu, memory])
  const read = await store.read(
    owner,
    parts.map(({ series }) => series),
    period,
  )
  const percents = parts.map(({ percentOf }, index) => valuesOf(read[index] ?? [], period.from, minutes, percentOf))
  return sources.map((_, index) => ({ cpuPercent: percents[index * 2]!, memoryPercent: percents[index * 2 + 1]! }))
}

const valuesOf = (
  points: readonly MetricPoint[],
  from: number,
  minutes: number,
  percentOf: Source['percentOf'],
): (number | null)[] => {
  const values = Array.from({ length: minutes }, (): number | null => null)
  for (const { timestamp, statistics } of points)
    values[(timestamp - from) / MINUTE_MS] = rounded(percentOf(statistics))
  return values
}
