/** StopTask: the task is wanted stopped; its agent stops the containers and reports it. */
import type { StopTaskRequest, StopTaskResponse } from '@aws-sdk/client-ecs'
import { REASON_LENGTH } from '../../../model/limits.ts'
import type { TaskRecord } from '../../../model/records.ts'
import { endWithoutAgent, requestStop } from '../../../model/task-state.ts'
import { hostOf } from '../../../store/tables.ts'
import { onTask } from '../access.ts'
import type { EcsContext, EcsOperation } from '../context.ts'
import { describeTask, taskView } from '../describe-task.ts'
import { invalidParameter } from '../faults.ts'
import { requireTask } from '../find-task.ts'
import { requireCluster } from '../lookups.ts'

const DEFAULT_REASON = 'Task stopped by user'

export const stopTask: EcsOperation<StopTaskRequest, StopTaskResponse> = {
  access: onTask,
  handle: ({ cluster: clusterName, task: identifier, reason }, context) => {
    const cluster = requireCluster(context, clusterName)
    const task = requireTask(context, cluster, identifier)
    if (reason !== undefined && reason.length > REASON_LENGTH)
      throw invalidParameter(`reason can have at most ${REASON_LENGTH} characters.`)
    const after = stopped(context, task, { stopCode: 'UserInitiated', stoppedReason: reason || DEFAULT_REASON })
    if (after !== task) context.tx.tasks.put(after)
    return { task: describeTask(after, taskView(context.tx, after, true)) }
  },
}

/** Nobody will ever report the end of a task whose instance is gone. */
const stopped = (
  context: EcsContext,
  task: TaskRecord,
  cause: { readonly stopCode: string; readonly stoppedReason: string },
): TaskRecord => {
  const host = context.tx.containerInstances.get(hostOf(task) ?? '')
  const hasAgent = host !== undefined && host.status !== 'INACTIVE'
  return hasAgent ? requestStop(task, cause, context.now) : endWithoutAgent(task, cause, context.now)
}
