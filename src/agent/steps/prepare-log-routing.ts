/**
 * Writes what the task's log router reads, before the first container is created. Where that cannot be, by what the task definition says or
 * for the host's sake, the task stops; that is final, as with ECS.
 */
import type { EngineTask } from '../engine/task.ts'
import { hasLogRouter } from '../firelens/log-routing.ts'
import type { TaskStep } from './step.ts'

export const prepareLogRouting: TaskStep = {
  name: 'prepare-log-routing',
  due: (task, _subject, { hasLogRouting }) =>
    hasLogRouting &&
    hasLogRouter(task) &&
    task.desiredStatus === 'RUNNING' &&
    task.resources === 'HELD' &&
    task.logRouting === 'NONE',
  run: async (task, _subject, { logRouting, log }) => {
    try {
      await logRouting?.prepare(task)
      return (current) => ({ ...current, logRouting: 'PREPARED' })
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      log.warn('cannot prepare log routing', { taskArn: task.arn, reason })
      return (current: EngineTask) => ({ ...current, desiredStatus: 'STOPPED', reason: current.reason || reason })
    }
  },
}
