/**
 * What a task uses, from one report of its agent. Pure. What no container of it reports is absent: a zero would say that nothing is used.
 * Source: TaskMetric of TCS; CPU comes in percent of the whole host and is told in CPU units, as reservations are.
 */
import type { ContainerMetric, StatsSet, TaskMetric } from '../../agentlink/tcs-messages.ts'
import { sumOfKnown } from './sums.ts'

export interface TaskUsage {
  readonly cpuUnits?: number
  /** Without the page cache. */
  readonly memoryMiB?: number
  readonly networkRxBytesPerSecond?: number
  readonly networkTxBytesPerSecond?: number
  /** Since its containers started. */
  readonly storageReadBytes?: number
  readonly storageWriteBytes?: number
  /** Of containers with a restart policy, since the report before. */
  readonly restartCount?: number
}

type Reading = (container: ContainerMetric) => unknown

export const taskUsage = ({ containerMetrics }: TaskMetric, hostCpuUnits: number): TaskUsage => {
  const of = (read: Reading, valueOf: (set: unknown) => number | undefined): number | undefined =>
    sumOfKnown(containerMetrics.map((container) => valueOf(read(container))))
  const cpuPercent = of(({ cpuStatsSet }) => cpuStatsSet, average)
  const members: Record<keyof TaskUsage, number | undefined> = {
    cpuUnits: cpuPercent === undefined ? undefined : (cpuPercent / 100) * hostCpuUnits,
    memoryMiB: of(({ memoryStatsSet }) => memoryStatsSet, average),
    networkRxBytesPerSecond: of(({ networkStatsSet }) => networkStatsSet?.['rxBytesPerSecond'], average),
    networkTxBytesPerSecond: of(({ networkStatsSet }) => networkStatsSet?.['txBytesPerSecond'], average),
    storageReadBytes: of(({ storageStatsSet }) => storageStatsSet?.readSizeBytes, highest),
    storageWriteBytes: of(({ storageStatsSet }) => storageStatsSet?.writeSizeBytes, highest),
    restartCount: of(({ restartStatsSet }) => restartStatsSet?.restartCount, amount),
  }
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))
}

/** An agent may send anything. */
const amount = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined

const average = (set: unknown): number | undefined => {
  const { sum, sampleCount } = partsOf(set)
  const [total, count] = [amount(sum), amount(sampleCount)]
  return total === undefined || count === undefined || count === 0 ? undefined : total / count
}

const highest = (set: unknown): number | undefined => amount(partsOf(set).max)

const partsOf = (set: unknown): Partial<Record<keyof StatsSet, unknown>> =>
  typeof set === 'object' && set !== null ? set : {}
