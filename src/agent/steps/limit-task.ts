/** Sets the limits of the task as a whole, before its first container is created. */
import type { EngineTask } from '../engine/task.ts'
import type { TaskStep } from './step.ts'

export const limitTask: TaskStep = {
  name: 'limit-task',
  due: (task, _subject, { hasLimits }) =>
    hasLimits && task.desiredStatus === 'RUNNING' && task.resources === 'HELD' && task.limits === 'NONE',
  run: async (task, _subject, { limits, log }) => {
    try {
      await limits?.apply(task)
      return (current) => ({ ...current, limits: 'APPLIED' })
    } catch (error) {
      log.warn('cannot limit task', { taskArn: task.arn, error })
      return withoutLimits
    }
  },
}

const withoutLimits = (task: EngineTask): EngineTask => ({
  ...task,
  desiredStatus: 'STOPPED',
  reason: task.reason || "CgroupError: Agent could not create task's platform resources",
})
