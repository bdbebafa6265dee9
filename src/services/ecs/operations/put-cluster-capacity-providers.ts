/** PutClusterCapacityProviders: replaces a cluster's capacity providers and its default strategy. */
import type { PutClusterCapacityProvidersRequest, PutClusterCapacityProvidersResponse } from '@aws-sdk/client-ecs'
import type { ClusterRecord } from '../../../model/records.ts'
import { isStopped } from '../../../store/tables.ts'
import { checkedCapacityProviders, checkedStrategy } from '../capacity-providers.ts'
import type { EcsContext, EcsOperation } from '../context.ts'
import { describeCluster, WHOLE_CLUSTER } from '../describe-cluster.ts'
import { resourceInUse } from '../faults.ts'
import { requireCluster } from '../lookups.ts'

const SHOWN = new Set([...WHOLE_CLUSTER, 'ATTACHMENTS' as const])

export const putClusterCapacityProviders: EcsOperation<
  PutClusterCapacityProvidersRequest,
  PutClusterCapacityProvidersResponse
> = {
  handle: (input, context) => {
    const cluster = requireCluster(context, input.cluster)
    const capacityProviders = checkedCapacityProviders(input.capacityProviders ?? [])
    const defaultCapacityProviderStrategy = checkedStrategy(
      input.defaultCapacityProviderStrategy ?? [],
      capacityProviders,
    )
    checkNotInUse(context, cluster, capacityProviders)
    const updated = context.tx.clusters.update(cluster.clusterArn, {
      capacityProviders,
      defaultCapacityProviderStrategy,
    })
    return { cluster: describeCluster(context, updated, SHOWN) }
  },
}

/** A capacity provider stays with its cluster for as long as a task runs by it. */
const checkNotInUse = (context: EcsContext, cluster: ClusterRecord, kept: readonly string[]): void => {
  const removed = new Set(cluster.capacityProviders.filter((name) => !kept.includes(name)))
  if (removed.size === 0) return
  for (const task of context.tx.tasks.iterate('byCluster', cluster.clusterArn)) {
    if (isStopped(task) || !removed.has(task.capacityProviderName ?? '')) continue
    throw resourceInUse('The specified capacity provider is in use and cannot be removed.')
  }
}
