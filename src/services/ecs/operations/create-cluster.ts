/** CreateCluster: creates a cluster, or answers with the one of that name if the request says nothing different. */
import type { ClusterSetting, CreateClusterRequest, CreateClusterResponse } from '@aws-sdk/client-ecs'
import { util } from '../../../kit/node.ts'
import { clusterNameOf } from '../../../model/arn.ts'
import type { ClusterRecord } from '../../../model/records.ts'
import { clusterNamed } from '../access-arns.ts'
import { capacityProviderKeys, storageKey } from '../access-keys.ts'
import { creating, on } from '../access.ts'
import { principalOf, valueInForce } from '../account-settings.ts'
import { checkedCapacityProviders, checkedStrategy } from '../capacity-providers.ts'
import { checkedConfiguration, checkedServiceConnectDefaults, mergedSettings } from '../cluster-configuration.ts'
import type { EcsContext, EcsOperation } from '../context.ts'
import { describeCluster, WHOLE_CLUSTER } from '../describe-cluster.ts'
import { clusterArnOf, findCluster } from '../lookups.ts'
import { invalidParameter } from '../faults.ts'
import { checkedTags } from '../tags.ts'

export const createCluster: EcsOperation<CreateClusterRequest, CreateClusterResponse> = {
  access: (input, context) => {
    const { clusterName, capacityProviders, defaultCapacityProviderStrategy, tags } = input
    const demand = on(context.tx, clusterNamed(context, clusterName), {
      ...capacityProviderKeys(context, capacityProviders, defaultCapacityProviderStrategy),
      ...storageKey(input),
    })
    return creating(context, 'CreateCluster', tags, demand)
  },
  handle: (input, context) => {
    const wanted = clusterOf(input, context)
    const existing = findCluster(context, wanted.clusterArn)
    if (existing?.status === 'ACTIVE') {
      checkConsistent(input, wanted, existing)
      return { cluster: describeCluster(context, existing, WHOLE_CLUSTER) }
    }
    return { cluster: describeCluster(context, context.tx.clusters.put(wanted), WHOLE_CLUSTER) }
  },
}

const clusterOf = (input: CreateClusterRequest, context: EcsContext): ClusterRecord => {
  const clusterArn = clusterArnOf(context, input.clusterName)
  if (clusterArn === input.clusterName) throw invalidParameter('Cluster name must not be an ARN.')
  const capacityProviders = checkedCapacityProviders(context, input.capacityProviders ?? [])
  const serviceConnectDefaults =
    input.serviceConnectDefaults && checkedServiceConnectDefaults(input.serviceConnectDefaults)
  return {
    clusterArn,
    clusterName: clusterNameOf(clusterArn),
    status: 'ACTIVE',
    createdAt: context.now,
    settings: mergedSettings(defaultSettings(context), input.settings ?? []),
    ...(input.configuration && { configuration: checkedConfiguration(input.configuration) }),
    ...(serviceConnectDefaults && { serviceConnectDefaults }),
    capacityProviders,
    defaultCapacityProviderStrategy: checkedStrategy(input.defaultCapacityProviderStrategy ?? [], capacityProviders),
    tags: checkedTags(input.tags),
  }
}

const defaultSettings = (context: EcsContext): readonly ClusterSetting[] => [
  { name: 'containerInsights', value: valueInForce(context, 'containerInsights', principalOf(context, undefined)) },
]

const COMPARED = [
  'settings',
  'configuration',
  'serviceConnectDefaults',
  'capacityProviders',
  'defaultCapacityProviderStrategy',
  'tags',
] as const

/** AWS: CreateCluster is idempotent by name; what the request states must be what the cluster has. */
const checkConsistent = (input: CreateClusterRequest, wanted: ClusterRecord, existing: ClusterRecord): void => {
  if (
    COMPARED.every((member) => input[member] === undefined || util.isDeepStrictEqual(wanted[member], existing[member]))
  )
    return
  throw invalidParameter(
    'Arguments on this idempotent request are inconsistent with arguments used in previous request(s).',
  )
}
