/** PutClusterCapacityProviders: replaces a cluster's capacity providers and its default strategy. */
import type { PutClusterCapacityProvidersRequest, PutClusterCapacityProvidersResponse } from '@aws-sdk/client-ecs'
import type { ClusterRecord } from '../../../model/records.ts'
import { isStopped } from '../../../store/tables.ts'
import { clusterNamed } from '../access-arns.ts'
import { capacityProviderKeys } from '../access-keys.ts'
import { on } from '../access.ts'
import { assignInstances } from '../capacity-provider-instances.ts'
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
  access: ({ cluster, capacityProviders, defaultCapacityProviderStrategy }, context) => [
    on(
      context.tx,
      clusterNamed(context, cluster),
      capacityProviderKeys(context, capacityProviders, defaultCapacityProviderStrategy),
    ),
  ],
  handle: (input, context) => {
    const cluster = requireCluster(context, input.cluster)
    const capacityProviders = checkedCapacityProviders(context, input.capacityProviders ?? [])
    const defaultCapacityProviderStrategy = checkedStrategy(
      input.defaultCapacityProviderStrategy ?? [],
      capacityProviders,
    )
    checkNotInUse(context, cluster, capacityProviders)
    const updated = context.tx.clusters.update(cluster.clusterArn, {
      capacityProviders,
      defaultCapacityProviderStrategy,
    })
    assignInstances(context, updated)
    return { cluster: describeCluster(context, updated, SHOWN) }
  },
}

/** A capacity provider stays with its cluster for as long as a service or a task uses it. */
const checkNotInUse = (context: EcsContext, cluster: ClusterRecord, kept: readonly string[]): void => {
  const removed = new Set(cluster.capacityProviders.filter((name) => !kept.includes(name)))
  if (removed.size === 0) return
  if (isUsedByService(context, cluster, removed) || isUsedByTask(context, cluster, removed))
    throw resourceInUse('The specified capacity provider is in use and cannot be removed.')
}

const isUsedByTask = ({ tx }: EcsContext, { clusterArn }: ClusterRecord, names: ReadonlySet<string>): boolean => {
  for (const task of tx.tasks.iterate('byCluster', clusterArn)) {
    if (!isStopped(task) && names.has(task.capacityProviderName ?? '')) return true
  }
  return false
}

/** By a deployment or task set that it still has. */
const isUsedByService = ({ tx }: EcsContext, { clusterArn }: ClusterRecord, names: ReadonlySet<string>): boolean => {
  const isUsedBy = ({ serviceRevisionArn }: { readonly serviceRevisionArn: string }): boolean =>
    tx.serviceRevisions
      .get(serviceRevisionArn)
      ?.capacityProviderStrategy.some(({ capacityProvider = '' }) => names.has(capacityProvider)) ?? false
  return tx.services
    .find('byCluster', clusterArn)
    .some(
      ({ serviceArn }) =>
        tx.deployments.find('byService', serviceArn).some(isUsedBy) ||
        tx.taskSets.find('byService', serviceArn).some(isUsedBy),
    )
}
