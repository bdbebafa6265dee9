/** DeleteCapacityProvider: makes a capacity provider INACTIVE that no cluster has. Its name can be given anew at once. */
import type { DeleteCapacityProviderRequest, DeleteCapacityProviderResponse } from '@aws-sdk/client-ecs'
import { clusterArn } from '../../../model/arn.ts'
import { ANY, on } from '../access.ts'
import { capacityProviderArnOf, refuseScope, requireCapacityProvider } from '../capacity-providers.ts'
import type { EcsContext, EcsOperation } from '../context.ts'
import { describeCapacityProvider } from '../describe-capacity-provider.ts'
import { clientException } from '../faults.ts'

export const deleteCapacityProvider: EcsOperation<DeleteCapacityProviderRequest, DeleteCapacityProviderResponse> = {
  access: ({ capacityProvider = ANY }, context) => [on(context.tx, capacityProviderArnOf(context, capacityProvider))],
  handle: (input, context) => {
    const { capacityProviderArn, name } = requireCapacityProvider(context, input.capacityProvider)
    refuseScope(input)
    checkNotAssociated(context, name)
    const deleted = context.tx.capacityProviders.update(capacityProviderArn, {
      status: 'INACTIVE',
      updateStatus: 'DELETE_COMPLETE',
      deletedAt: context.now,
    })
    return { capacityProvider: describeCapacityProvider(deleted) }
  },
}

/** What services and tasks use stays with their cluster, so that this answers for them too. */
const checkNotAssociated = ({ tx, region, account }: EcsContext, name: string): void => {
  const own = clusterArn(region, account, '')
  for (const cluster of tx.clusters.rows()) {
    const isOwn = cluster.status === 'ACTIVE' && cluster.clusterArn.startsWith(own)
    if (!isOwn || !cluster.capacityProviders.includes(name)) continue
    throw clientException(
      `The capacity provider cannot be deleted because it is associated with cluster: ${cluster.clusterName}. ` +
        'Remove the capacity provider from the cluster and try again.',
    )
  }
}
