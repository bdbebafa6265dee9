/** What a task as a whole may use, worked out from its definition. Pure; who enforces it stands beside. */
import type { EngineTask } from '../../engine/task.ts'
import { cpuShares } from '../cpu-shares.ts'

export interface Limits {
  /** Microseconds of CPU time per period. Absent: only `cpuShares` bound it, when the CPU is contended. */
  readonly cpuQuotaMicroseconds?: number
  readonly cpuPeriodMicroseconds: number
  readonly cpuShares?: number
  readonly memoryBytes?: number
  readonly pids?: number
}

export interface LimitSettings {
  readonly cgroupCpuPeriodMs: number
  readonly taskPidsLimit?: number | undefined
}

/** A task whose limits contradict each other. */
class LimitError extends Error {
  override readonly name = 'LimitError'
}

const MIB = 1024 * 1024

export const limitsOf = (task: EngineTask, { cgroupCpuPeriodMs, taskPidsLimit }: LimitSettings): Limits => {
  const { cpu = 0, memory = 0 } = task.definition
  const cpuPeriodMicroseconds = Math.round(cgroupCpuPeriodMs * 1000)
  refuseLargerContainers(task, memory)
  return {
    cpuPeriodMicroseconds,
    // AWS: a task without CPU of its own gets the shares of its containers.
    ...(cpu > 0
      ? { cpuQuotaMicroseconds: Math.round(cpu * cpuPeriodMicroseconds) }
      : { cpuShares: cpuShares(sumOfShares(task)) }),
    ...(memory > 0 && { memoryBytes: memory * MIB }),
    ...(taskPidsLimit !== undefined && { pids: taskPidsLimit }),
  }
}

const sumOfShares = (task: EngineTask): number =>
  task.containers.reduce((sum, { definition }) => sum + cpuShares(definition.cpu), 0)

const refuseLargerContainers = (task: EngineTask, memoryMiB: number): void => {
  const larger = memoryMiB > 0 && task.containers.find(({ definition }) => definition.memory > memoryMiB)
  if (!larger) return
  const { name, memory } = larger.definition
  throw new LimitError(`container ${name} has a memory limit of ${memory} MiB, more than the task's ${memoryMiB} MiB`)
}
