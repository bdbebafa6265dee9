/** What a task counts as when its group is planned: healthy, about to settle, protected. */
import type { TaskFacts } from './types.ts'

export interface TaskNotions {
  /** Counts toward the minimum of the service. */
  readonly isHealthy: (task: TaskFacts) => boolean
  /** Serves: with a health check it is HEALTHY, without one simply RUNNING, however short. */
  readonly isAvailable: (task: TaskFacts) => boolean
  /** When the task will count as healthy if it just keeps running; undefined where time alone does not make it so. */
  readonly settlesAt: (task: TaskFacts) => number | undefined
  /** Not to be stopped for now. AWS: protection is against scale-in and deployments, not against the end of an unhealthy task. */
  readonly isProtected: (task: TaskFacts) => boolean
}

/**
 * AWS: a task without a health check counts once it has been RUNNING for 40 seconds, one with a health check once it is HEALTHY.
 * Source: `minimumHealthyPercent` of DeploymentConfiguration in the API reference.
 */
export const notionsAt = (settlingMs: number, now: number): TaskNotions => {
  const settledAt = ({ startedAt, createdAt }: TaskFacts): number => (startedAt ?? createdAt) + settlingMs
  return {
    isHealthy: (task) => isAvailable(task) && (task.health !== undefined || settledAt(task) <= now),
    isAvailable,
    settlesAt: (task) =>
      task.status === 'running' && task.health === undefined && settledAt(task) > now ? settledAt(task) : undefined,
    isProtected: (task) => !isUnhealthy(task) && task.protectedUntil !== undefined && task.protectedUntil > now,
  }
}

const isAvailable = ({ status, hostStatus, health }: TaskFacts): boolean =>
  status === 'running' && hostStatus !== 'INACTIVE' && (health === undefined || health === 'HEALTHY')

export const isUnhealthy = ({ health }: TaskFacts): boolean => health === 'UNHEALTHY'

/** In the order of ids: whatever is decided by position is the same for any order of the facts. */
export const inOrder = (tasks: readonly TaskFacts[]): readonly TaskFacts[] =>
  tasks.toSorted((one, other) => compareText(one.taskId, other.taskId))

export const compareText = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0)
