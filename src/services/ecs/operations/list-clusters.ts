/** ListClusters: ARNs of the ACTIVE clusters of the caller's account and region. */
import type { ListClustersRequest, ListClustersResponse } from '@aws-sdk/client-ecs'
import { clusterArn } from '../../../model/arn.ts'
import { onAnything } from '../access.ts'
import type { EcsOperation } from '../context.ts'
import { page } from '../page.ts'

export const listClusters: EcsOperation<ListClustersRequest, ListClustersResponse> = {
  access: () => onAnything(),
  handle: (input, context) => {
    const prefix = clusterArn(context.region, context.account, '')
    const arns = [...context.tx.clusters.rows()]
      .filter((cluster) => cluster.status === 'ACTIVE' && cluster.clusterArn.startsWith(prefix))
      .map((cluster) => cluster.clusterArn)
    const { items, nextToken } = page(context, 'ListClusters', arns, input, (arn) => arn)
    return { clusterArns: items, ...(nextToken !== undefined && { nextToken }) }
  },
}
