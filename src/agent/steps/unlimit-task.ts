/** Clean-up: takes away what enforced the task's limits, after its last container. Also where they were never known to be set. */
import { isCleanupDue } from '../engine/cleanup.ts'
import type { TaskStep } from './step.ts'

export const unlimitTask: TaskStep = {
  name: 'unlimit-task',
  due: (task, _subject, { hasLimits, settings, now }) =>
    hasLimits &&
    task.limits !== 'REMOVED' &&
    isCleanupDue(task, settings, now) &&
    task.containers.every(({ removed }) => removed),
  run: async (task, _subject, { limits }) => {
    await limits?.remove(task.arn)
    return (current) => ({ ...current, limits: 'REMOVED' })
  },
}
