/** A cluster as CreateCluster leaves it. */
import { clusterArn } from '../../src/model/arn.ts'
import type { ClusterRecord } from '../../src/model/records.ts'
import { BUILT_AT_MS } from './ids.ts'

export const DEFAULT_CLUSTER_ARN = clusterArn('us-east-1', '000000000000', 'default')

/** Name and ARN follow from each other: give either. */
export const aCluster = (given: Partial<ClusterRecord> = {}): ClusterRecord => {
  const clusterName = given.clusterName ?? given.clusterArn?.split('/').at(-1) ?? 'default'
  return {
    clusterArn: clusterArn('us-east-1', '000000000000', clusterName),
    clusterName,
    status: 'ACTIVE',
    createdAt: BUILT_AT_MS,
    settings: [{ name: 'containerInsights', value: 'disabled' }],
    capacityProviders: [],
    defaultCapacityProviderStrategy: [],
    tags: [],
    ...given,
  }
}
