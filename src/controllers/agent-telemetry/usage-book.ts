/**
 * What tasks use: the last report of each, and what they used on average in every minute that has not been made into metrics yet. In memory
 * and bounded.
 */
import { TASK_METRICS_KEPT } from '../../model/limits.ts'
import { minuteOf } from '../../store/metrics/metric-store.ts'
import type { TaskUsage } from './task-usage.ts'

/** A report that is not newer than the one before is one that came before, unless the agent's clock was set back that far. */
const LATE_MS = 5 * 60_000
/** Minutes that wait to be made into metrics; more come together only if nobody makes them. */
const MINUTES_KEPT = 3

export interface UsageReport {
  readonly taskId: string
  readonly usage: TaskUsage
  /** By the agent's clock, in milliseconds since the epoch. */
  readonly reportedAt: number
  /** By ours. */
  readonly receivedAt: number
}

export interface LatestUsage extends UsageReport {
  /** Between the last two reports. */
  readonly storageReadBytesPerSecond?: number
  readonly storageWriteBytesPerSecond?: number
}

/** By task id. */
export type MinuteUsage = ReadonlyMap<string, TaskUsage>

export class UsageBook {
  /** By task id, the longest unheard of first. */
  readonly #latest = new Map<string, LatestUsage>()
  /** By the minute in which reports came. */
  readonly #minutes = new Map<number, Map<string, MeanUsage>>()
  /** Since when it hears of reports, in milliseconds since the epoch. */
  readonly openedAt: number
  readonly #limit: number

  constructor(openedAt: number, limit = TASK_METRICS_KEPT) {
    this.openedAt = openedAt
    this.#limit = limit
  }

  /** A report that came before, or that a newer one came before, counts for nothing. */
  record(report: UsageReport): void {
    const { taskId } = report
    const before = this.#latest.get(taskId)
    if (before !== undefined && isRepeated(before, report)) return
    this.#latest.delete(taskId)
    this.#latest.set(taskId, { ...report, ...storageRates(before, report) })
    this.#keepBounded()
    this.#minute(minuteOf(report.receivedAt), taskId).add(report.usage)
  }

  get(taskId: string): LatestUsage | undefined {
    return this.#latest.get(taskId)
  }

  /** The task has stopped; what it used in the running minute still counts. */
  remove(taskId: string): void {
    this.#latest.delete(taskId)
  }

  /** The minutes that are over, in order, each once. */
  takeMinutesBefore(time: number): readonly (readonly [minute: number, usage: MinuteUsage])[] {
    const over = [...this.#minutes]
      .filter(([minute]) => minute < minuteOf(time))
      .toSorted(([one], [other]) => one - other)
    for (const [minute] of over) this.#minutes.delete(minute)
    return over.map(([minute, tasks]) => [minute, new Map([...tasks].map(([taskId, mean]) => [taskId, mean.usage()]))])
  }

  #minute(minute: number, taskId: string): MeanUsage {
    const tasks = this.#minutes.get(minute) ?? new Map<string, MeanUsage>()
    this.#minutes.set(minute, tasks)
    if (this.#minutes.size > MINUTES_KEPT) this.#minutes.delete(Math.min(...this.#minutes.keys()))
    const mean = tasks.get(taskId) ?? new MeanUsage()
    if (tasks.size < this.#limit) tasks.set(taskId, mean)
    return mean
  }

  #keepBounded(): void {
    if (this.#latest.size <= this.#limit) return
    const [oldest] = this.#latest.keys()
    if (oldest !== undefined) this.#latest.delete(oldest)
  }
}

const isRepeated = (before: UsageReport, { reportedAt }: UsageReport): boolean =>
  reportedAt <= before.reportedAt && before.reportedAt - reportedAt < LATE_MS

const storageRates = (
  before: UsageReport | undefined,
  { usage, reportedAt }: UsageReport,
): Pick<LatestUsage, 'storageReadBytesPerSecond' | 'storageWriteBytesPerSecond'> => {
  if (before === undefined || reportedAt <= before.reportedAt) return {}
  const perSecond = (now: number | undefined, then: number | undefined): number | undefined =>
    now === undefined || then === undefined || now < then
      ? undefined
      : ((now - then) / (reportedAt - before.reportedAt)) * 1000
  const read = perSecond(usage.storageReadBytes, before.usage.storageReadBytes)
  const written = perSecond(usage.storageWriteBytes, before.usage.storageWriteBytes)
  return {
    ...(read !== undefined && { storageReadBytesPerSecond: read }),
    ...(written !== undefined && { storageWriteBytesPerSecond: written }),
  }
}

/** The mean of what is used at a time, the last of what counts from the start, the sum of what counts from the report before. */
class MeanUsage {
  readonly #sums: Record<string, number> = {}
  readonly #counts: Record<string, number> = {}

  add(usage: TaskUsage): void {
    for (const [name, value] of Object.entries(usage) as [keyof TaskUsage, number][]) {
      this.#sums[name] = LAST.has(name) ? value : (this.#sums[name] ?? 0) + value
      this.#counts[name] = (this.#counts[name] ?? 0) + 1
    }
  }

  usage(): TaskUsage {
    const means = Object.entries(this.#sums).map(([name, sum]) => [
      name,
      MEAN.has(name as keyof TaskUsage) ? sum / (this.#counts[name] ?? 1) : sum,
    ])
    return Object.fromEntries(means)
  }
}

const MEAN: ReadonlySet<keyof TaskUsage> = new Set([
  'cpuUnits',
  'memoryMiB',
  'networkRxBytesPerSecond',
  'networkTxBytesPerSecond',
])
const LAST: ReadonlySet<keyof TaskUsage> = new Set(['storageReadBytes', 'storageWriteBytes'])
