/** DescribeContainerInstances: instances of one cluster by id or ARN, deregistered ones too; what is not found is a failure. */
import type { DescribeContainerInstancesRequest, DescribeContainerInstancesResponse } from '@aws-sdk/client-ecs'
import { DESCRIBE_ITEMS } from '../../../model/limits.ts'
import { onContainerInstances } from '../access.ts'
import { containerInstanceArnOf, findContainerInstance } from '../container-instance-lookups.ts'
import type { EcsOperation } from '../context.ts'
import { describeContainerInstance } from '../describe-container-instance.ts'
import { ecsEnums, eachOneOf } from '../enums.ts'
import { invalidParameter } from '../faults.ts'
import { requireCluster } from '../lookups.ts'
import { missing } from '../missing-member.ts'

export const describeContainerInstances: EcsOperation<
  DescribeContainerInstancesRequest,
  DescribeContainerInstancesResponse
> = {
  access: onContainerInstances,
  handle: (input, context) => {
    const cluster = requireCluster(context, input.cluster)
    const include = eachOneOf('include', input.include, ecsEnums.ContainerInstanceField)
    const named = input.containerInstances ?? []
    if (named.length === 0) throw missing('containerInstances')
    if (named.length > DESCRIBE_ITEMS) throw invalidParameter(`instanceIds can have at most ${DESCRIBE_ITEMS} items.`)
    const arns = [...new Set(named.map((idOrArn) => containerInstanceArnOf(cluster, idOrArn)))]
    const found = new Map(arns.map((arn) => [arn, findContainerInstance(context, cluster, arn)]))
    return {
      containerInstances: [...found.values()].flatMap((instance) =>
        instance === undefined ? [] : describeContainerInstance(context, instance, include),
      ),
      failures: arns.filter((arn) => found.get(arn) === undefined).map((arn) => ({ arn, reason: 'MISSING' })),
    }
  },
}
