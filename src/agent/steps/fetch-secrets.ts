/**
 * Fetches what the task's containers are given of secrets, and the credentials for their registries, before the first image is pulled. Where
 * they cannot be had the task stops; that is final, as with ECS: whoever started it hears why.
 */
import { unchanged } from '../engine/changes.ts'
import type { EngineTask } from '../engine/task.ts'
import type { TaskStep } from './step.ts'

export const fetchSecrets: TaskStep = {
  name: 'fetch-secrets',
  due: (task, _subject, { secrets }) =>
    task.desiredStatus === 'RUNNING' && task.resources === 'HELD' && secrets.mayFetch(task),
  run: async (task, _subject, { secrets, log }) => {
    const reason = await secrets.fetch(task)
    if (reason === undefined) return unchanged
    log.warn('cannot fetch secrets', { taskArn: task.arn, reason })
    return (current: EngineTask) => ({ ...current, desiredStatus: 'STOPPED', reason: current.reason || reason })
  },
}
