/** Tasks of a service that stopped though nobody wanted them to: which, and why. */
import type { Task } from '@aws-sdk/client-ecs'

export interface FailedTasks {
  readonly reason: string
  /** Newest first. */
  readonly tasks: readonly Task[]
}

const FAILURES: ReadonlySet<string> = new Set(['TaskFailedToStart', 'EssentialContainerExited'])

/** AWS: a task that its service replaces because of its health is no failure by its stop code. */
const hasFailed = ({ stopCode, stoppedReason = '' }: Task): boolean =>
  FAILURES.has(stopCode ?? '') || /health checks? failed|unhealthy/i.test(stoppedReason)

/** Failures with the same reason together, in the order of the newest; `stopped` is newest first. */
export const failedTasks = (stopped: readonly Task[]): FailedTasks[] =>
  Array.from(Map.groupBy(stopped.filter(hasFailed), reasonOf), ([reason, tasks]) => ({ reason, tasks }))

/** Failures of the last minutes: a service may have all its tasks and yet lose them again and again. */
export const recentFailures = (stopped: readonly Task[], now: number): Task[] =>
  stopped.filter((task) => hasFailed(task) && now - (task.stoppedAt?.getTime() ?? 0) < RECENT_MS)

const RECENT_MS = 10 * 60_000

/** Why the newest task that a deployment or task set could not start did not start. */
export const lastStartFailure = (stopped: readonly Task[], holderId: string): string | undefined => {
  const task = stopped.find(({ startedBy, stopCode }) => startedBy === holderId && FAILURES.has(stopCode ?? ''))
  return task === undefined ? undefined : reasonOf(task)
}

/** The task's reason, and what its containers say beyond that. */
const reasonOf = ({ stoppedReason = 'no reason was given', containers = [] }: Task): string => {
  const others = containers.flatMap(({ name, reason, exitCode }) => {
    if (reason !== undefined && !stoppedReason.includes(reason)) return `${name}: ${reason}`
    return exitCode === undefined || exitCode === 0 ? [] : `${name} exited with ${exitCode}`
  })
  return others.length === 0 ? stoppedReason : `${stoppedReason} (${others.join('; ')})`
}
