/** Task protection: which tasks can have it, and how it is described. One that has expired is none. */
import type { Failure, ProtectedTask } from '@aws-sdk/client-ecs'
import { dateOf } from '../../kit/timestamps.ts'
import { serviceNameOfGroup, taskArn } from '../../model/arn.ts'
import type { ClusterRecord, TaskRecord } from '../../model/records.ts'
import type { EcsContext } from './context.ts'
import { invalidParameter } from './faults.ts'
import { arnOfTask, getTask } from './find-task.ts'
import { missing } from './missing-member.ts'

export const isProtected = ({ protectedUntil = 0 }: TaskRecord, now: number): boolean => protectedUntil > now

export const describeProtection = (task: TaskRecord, now: number): ProtectedTask => ({
  taskArn: taskArn(task.clusterArn, task.taskId),
  protectionEnabled: isProtected(task, now),
  ...(isProtected(task, now) ? { expirationDate: dateOf(task.protectedUntil ?? 0) } : {}),
})

/** The identifiers of a request, each once. */
export const checkedTasks = (tasks: readonly string[] | undefined, max: number): readonly string[] => {
  if (!tasks?.length) throw missing('tasks')
  if (tasks.length > max) throw invalidParameter(`Tasks can have at most ${max} items.`)
  return [...new Set(tasks)]
}

/**
 * The task, if it is one that can be protected: of a service, and not about to end. Otherwise why not.
 * AWS: MISSING and TASK_NOT_VALID are the reasons that "Amazon ECS API failure reasons" in the developer guide gives.
 */
export const protectableTask = (
  context: EcsContext,
  cluster: ClusterRecord,
  identifier: string,
): { readonly task: TaskRecord } | { readonly failure: Failure } => {
  const task = getTask(context, cluster, identifier)
  const arn = arnOfTask(cluster, identifier)
  if (task === undefined) return { failure: { arn, reason: 'MISSING' } }
  const isOfService = serviceNameOfGroup(task.group) !== undefined
  return isOfService && task.desiredStatus === 'RUNNING' && task.lastStatus !== 'STOPPED'
    ? { task }
    : { failure: { arn, reason: 'TASK_NOT_VALID' } }
}
