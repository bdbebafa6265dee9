/** UpdateClusterSettings: changes a cluster's settings, today Container Insights. */
import type { UpdateClusterSettingsRequest, UpdateClusterSettingsResponse } from '@aws-sdk/client-ecs'
import { onCluster } from '../access.ts'
import { mergedSettings } from '../cluster-configuration.ts'
import type { EcsOperation } from '../context.ts'
import { describeCluster, WHOLE_CLUSTER } from '../describe-cluster.ts'
import { requireCluster } from '../lookups.ts'

export const updateClusterSettings: EcsOperation<UpdateClusterSettingsRequest, UpdateClusterSettingsResponse> = {
  access: onCluster,
  handle: (input, context) => {
    const cluster = requireCluster(context, input.cluster)
    const settings = mergedSettings(cluster.settings, input.settings ?? [])
    const updated = context.tx.clusters.update(cluster.clusterArn, { settings })
    return { cluster: describeCluster(context, updated, WHOLE_CLUSTER) }
  },
}
