/** "ECS Task State Change": a task as DescribeTasks has it, without its tags, and when it became so. */
import type { TaskRecord } from '../../../model/records.ts'
import { dateOf } from '../../../kit/timestamps.ts'
import { taskArn } from '../../../model/arn.ts'
import { describeTask, type TaskView } from '../describe-task.ts'
import type { EventContent } from './event.ts'

/** AWS: every change of a task has a version and an event of its own. */
export const hasNewTaskState = (before: TaskRecord | undefined, after: TaskRecord): boolean =>
  before?.version !== after.version

export const taskEvent = (task: TaskRecord, view: TaskView, at: number): EventContent => {
  const { tags: _untold, ...described } = describeTask(task, view)
  return {
    detailType: 'ECS Task State Change',
    resource: taskArn(task.clusterArn, task.taskId),
    at,
    detail: { ...described, updatedAt: dateOf(at) },
  }
}
