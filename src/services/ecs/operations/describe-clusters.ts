/** DescribeClusters: clusters by name or ARN, deleted ones too; what is not found is a failure in the answer. */
import type { DescribeClustersRequest, DescribeClustersResponse } from '@aws-sdk/client-ecs'
import { DESCRIBE_ITEMS } from '../../../model/limits.ts'
import { clusterNamed } from '../access-arns.ts'
import { onEach } from '../access.ts'
import type { EcsOperation } from '../context.ts'
import { describeCluster } from '../describe-cluster.ts'
import { ecsEnums, eachOneOf } from '../enums.ts'
import { invalidParameter } from '../faults.ts'
import { clusterArnOf, findCluster } from '../lookups.ts'

export const describeClusters: EcsOperation<DescribeClustersRequest, DescribeClustersResponse> = {
  access: ({ clusters }, context) =>
    onEach(context, clusters?.length ? clusters : ['default'], (cluster) => clusterNamed(context, cluster)),
  handle: (input, context) => {
    const names = input.clusters?.length ? input.clusters : ['default']
    if (names.length > DESCRIBE_ITEMS) throw invalidParameter(`clusters can have at most ${DESCRIBE_ITEMS} items.`)
    const include = eachOneOf('include', input.include, ecsEnums.ClusterField)
    const arns = [...new Set(names.map((name) => clusterArnOf(context, name)))]
    const found = arns.flatMap((arn) => findCluster(context, arn) ?? [])
    const foundArns = new Set(found.map(({ clusterArn }) => clusterArn))
    return {
      clusters: found.map((cluster) => describeCluster(context, cluster, include)),
      failures: arns.filter((arn) => !foundArns.has(arn)).map((arn) => ({ arn, reason: 'MISSING' })),
    }
  },
}
