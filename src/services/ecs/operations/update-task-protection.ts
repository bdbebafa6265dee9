/** UpdateTaskProtection: keeps tasks of services from being stopped by scale-in and deployments, for a while. */
import type {
  Failure,
  ProtectedTask,
  UpdateTaskProtectionRequest,
  UpdateTaskProtectionResponse,
} from '@aws-sdk/client-ecs'
import { serviceArn, serviceNameOfGroup } from '../../../model/arn.ts'
import { DEFAULT_PROTECTION_MINUTES, PROTECTED_TASKS, PROTECTION_MINUTES } from '../../../model/limits.ts'
import type { TaskRecord } from '../../../model/records.ts'
import { serviceTasksKey } from '../../../store/tables.ts'
import { onTasks } from '../access.ts'
import type { EcsContext, EcsOperation } from '../context.ts'
import { invalidParameter } from '../faults.ts'
import { arnOfTask } from '../find-task.ts'
import { requireCluster } from '../lookups.ts'
import { missing } from '../missing-member.ts'
import { checkedTasks, describeProtection, isProtected, protectableTask } from '../task-protection.ts'

export const updateTaskProtection: EcsOperation<UpdateTaskProtectionRequest, UpdateTaskProtectionResponse> = {
  access: onTasks,
  handle: (input, context) => {
    const cluster = requireCluster(context, input.cluster)
    const protectedUntil = checkedProtection(input, context.now)
    const protectedTasks: ProtectedTask[] = []
    const failures: Failure[] = []
    for (const identifier of checkedTasks(input.tasks, PROTECTED_TASKS)) {
      const found = protectableTask(context, cluster, identifier)
      if ('failure' in found) failures.push(found.failure)
      else if (protectedUntil !== undefined && isBlocked(context, found.task))
        failures.push({ arn: arnOfTask(cluster, identifier), reason: 'DEPLOYMENT_BLOCKED' })
      else {
        const task = context.tx.tasks.update(found.task.taskId, { protectedUntil })
        protectedTasks.push(describeProtection(task, context.now))
      }
    }
    return { protectedTasks, failures }
  },
}

const MINUTE_MS = 60_000

/** Until when; undefined for not at all. AWS: a time is of use with protection only, and is checked in any case. */
const checkedProtection = (
  { protectionEnabled, expiresInMinutes = DEFAULT_PROTECTION_MINUTES }: UpdateTaskProtectionRequest,
  now: number,
): number | undefined => {
  if (protectionEnabled === undefined) throw missing('protectionEnabled')
  if (expiresInMinutes < 1 || expiresInMinutes > PROTECTION_MINUTES)
    throw invalidParameter(`expiresInMinutes must be between 1 and ${PROTECTION_MINUTES}.`)
  return protectionEnabled ? now + expiresInMinutes * MINUTE_MS : undefined
}

/**
 * AWS: "the service has more protected tasks than the desired count of tasks for the service", so that its deployment cannot come to
 * an end; no task of it can be protected then, or for longer. Source: "Task scale-in protection" in the developer guide.
 */
const isBlocked = ({ tx, now }: EcsContext, { clusterArn, group }: TaskRecord): boolean => {
  const serviceName = serviceNameOfGroup(group) ?? ''
  const desiredCount = tx.services.get(serviceArn(clusterArn, serviceName))?.desiredCount ?? 0
  let count = 0
  for (const task of tx.tasks.iterate('activeByService', serviceTasksKey(clusterArn, serviceName)))
    if (task.desiredStatus === 'RUNNING' && isProtected(task, now)) count++
  return count > desiredCount
}
