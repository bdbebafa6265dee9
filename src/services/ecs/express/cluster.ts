/** The cluster of an Express service, whose tasks are Fargate's. */
import type { ClusterRecord } from '../../../model/records.ts'
import type { EcsContext } from '../context.ts'
import { checkedCapacityProviders } from '../capacity-providers.ts'
import { findCluster, requireCluster } from '../lookups.ts'
import { createCluster } from '../operations/create-cluster.ts'

const FARGATE = 'FARGATE'

/** AWS: the default cluster is made where there is none, and has Fargate's capacity provider. */
export const expressCluster = (context: EcsContext, nameOrArn: string | undefined): ClusterRecord => {
  if (nameOrArn === undefined && findCluster(context, undefined)?.status !== 'ACTIVE')
    createCluster.handle({ capacityProviders: [FARGATE] }, context)
  const cluster = requireCluster(context, nameOrArn)
  if (cluster.capacityProviders.includes(FARGATE)) return cluster
  const capacityProviders = checkedCapacityProviders(context, [...cluster.capacityProviders, FARGATE])
  return context.tx.clusters.update(cluster.clusterArn, { capacityProviders })
}
