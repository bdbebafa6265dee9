/** DeleteCluster: makes an empty cluster INACTIVE. It can still be described, and created anew. */
import type { DeleteClusterRequest, DeleteClusterResponse } from '@aws-sdk/client-ecs'
import { isStopped } from '../../../store/tables.ts'
import { onCluster } from '../access.ts'
import type { EcsContext, EcsOperation } from '../context.ts'
import { describeCluster, WHOLE_CLUSTER } from '../describe-cluster.ts'
import { clusterContainsContainerInstances, clusterContainsServices, clusterContainsTasks } from '../faults.ts'
import { requireCluster } from '../lookups.ts'

export const deleteCluster: EcsOperation<DeleteClusterRequest, DeleteClusterResponse> = {
  access: onCluster,
  handle: (input, context) => {
    const { clusterArn } = requireCluster(context, input.cluster)
    if (context.tx.services.findSize('byCluster', clusterArn) > 0) throw clusterContainsServices()
    if (context.tx.containerInstances.count('registeredInCluster', clusterArn) > 0) {
      throw clusterContainsContainerInstances()
    }
    if (hasUnstoppedTask(context, clusterArn)) throw clusterContainsTasks()
    const deleted = context.tx.clusters.update(clusterArn, { status: 'INACTIVE' })
    return { cluster: describeCluster(context, deleted, WHOLE_CLUSTER) }
  },
}

/** A task that is stopping counts too: its containers may still run. */
const hasUnstoppedTask = (context: EcsContext, clusterArn: string): boolean => {
  for (const task of context.tx.tasks.iterate('byCluster', clusterArn)) if (!isStopped(task)) return true
  return false
}
