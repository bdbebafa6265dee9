/** UpdateCluster: changes settings, configuration and Service Connect defaults; what the request leaves out stays. */
import type { UpdateClusterRequest, UpdateClusterResponse } from '@aws-sdk/client-ecs'
import { clusterNamed } from '../access-arns.ts'
import { storageKey } from '../access-keys.ts'
import { on } from '../access.ts'
import { checkedConfiguration, checkedServiceConnectDefaults, mergedSettings } from '../cluster-configuration.ts'
import type { EcsOperation } from '../context.ts'
import { describeCluster, WHOLE_CLUSTER } from '../describe-cluster.ts'
import { requireCluster } from '../lookups.ts'

export const updateCluster: EcsOperation<UpdateClusterRequest, UpdateClusterResponse> = {
  access: (input, context) => [on(context.tx, clusterNamed(context, input.cluster), storageKey(input))],
  handle: (input, context) => {
    const cluster = requireCluster(context, input.cluster)
    const { settings, configuration, serviceConnectDefaults } = input
    const updated = context.tx.clusters.update(cluster.clusterArn, {
      ...(settings && { settings: mergedSettings(cluster.settings, settings) }),
      ...(configuration && { configuration: checkedConfiguration({ ...cluster.configuration, ...configuration }) }),
      ...(serviceConnectDefaults && { serviceConnectDefaults: checkedServiceConnectDefaults(serviceConnectDefaults) }),
    })
    return { cluster: describeCluster(context, updated, WHOLE_CLUSTER) }
  },
}
