/** Clean-up: takes away what the task's log router had on the host, after its last container. Also where it was never known to be there. */
import { isCleanupDue } from '../engine/cleanup.ts'
import { hasLogRouter } from '../firelens/log-routing.ts'
import type { TaskStep } from './step.ts'

export const removeLogRouting: TaskStep = {
  name: 'remove-log-routing',
  due: (task, _subject, { hasLogRouting, settings, now }) =>
    hasLogRouting &&
    hasLogRouter(task) &&
    task.logRouting !== 'REMOVED' &&
    isCleanupDue(task, settings, now) &&
    task.containers.every(({ removed }) => removed),
  run: async (task, _subject, { logRouting }) => {
    await logRouting?.remove(task.arn)
    return (current) => ({ ...current, logRouting: 'REMOVED' })
  },
}
