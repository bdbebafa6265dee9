/** GetTaskProtection: whether tasks of services are protected from scale-in and deployments, and until when. */
import type { Failure, GetTaskProtectionRequest, GetTaskProtectionResponse, ProtectedTask } from '@aws-sdk/client-ecs'
import { DESCRIBE_ITEMS } from '../../../model/limits.ts'
import { onTasks } from '../access.ts'
import type { EcsOperation } from '../context.ts'
import { requireCluster } from '../lookups.ts'
import { checkedTasks, describeProtection, protectableTask } from '../task-protection.ts'

export const getTaskProtection: EcsOperation<GetTaskProtectionRequest, GetTaskProtectionResponse> = {
  access: onTasks,
  handle: ({ cluster: clusterName, tasks: identifiers }, context) => {
    const cluster = requireCluster(context, clusterName)
    const protectedTasks: ProtectedTask[] = []
    const failures: Failure[] = []
    for (const identifier of checkedTasks(identifiers, DESCRIBE_ITEMS)) {
      const found = protectableTask(context, cluster, identifier)
      if ('failure' in found) failures.push(found.failure)
      else protectedTasks.push(describeProtection(found.task, context.now))
    }
    return { protectedTasks, failures }
  },
}
