/**
 * Which container instances belong to which capacity provider. There is no EC2 here: an instance is in the Auto Scaling group that its
 * attribute `aws.autoscaling.groupName` names, and belongs to the provider of that group if its cluster has it.
 */
import { GROUP_ATTRIBUTE, groupNameOf } from '../../model/capacity-provider.ts'
import type { ClusterRecord, ContainerInstanceRecord } from '../../model/records.ts'
import { findCapacityProvider } from './capacity-providers.ts'
import { attributeValue } from './container-instance-attributes.ts'
import type { EcsContext } from './context.ts'

/** The name of the capacity provider that instances with these attributes belong to in the cluster. */
export const capacityProviderNameOf = (
  context: EcsContext,
  cluster: Pick<ClusterRecord, 'capacityProviders'> | undefined,
  instance: Pick<ContainerInstanceRecord, 'attributes'>,
): string | undefined => providersByGroup(context, cluster).get(attributeValue(instance, GROUP_ATTRIBUTE) ?? '')

/** Makes the instances of a cluster belong to the capacity providers that it has now. */
export const assignInstances = (context: EcsContext, cluster: ClusterRecord): void => {
  const { containerInstances } = context.tx
  const providers = providersByGroup(context, cluster)
  for (const instance of containerInstances.find('byCluster', cluster.clusterArn)) {
    const capacityProviderName = providers.get(attributeValue(instance, GROUP_ATTRIBUTE) ?? '')
    if (instance.status === 'INACTIVE' || capacityProviderName === instance.capacityProviderName) continue
    containerInstances.update(instance.containerInstanceId, { capacityProviderName, version: instance.version + 1 })
  }
}

const providersByGroup = (
  context: EcsContext,
  cluster: Pick<ClusterRecord, 'capacityProviders'> | undefined,
): ReadonlyMap<string, string> => {
  const found = (cluster?.capacityProviders ?? []).flatMap((name) => findCapacityProvider(context, name) ?? [])
  return new Map(found.map((provider) => [groupNameOf(provider), provider.name]))
}
