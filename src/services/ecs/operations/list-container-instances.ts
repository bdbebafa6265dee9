/** ListContainerInstances: ARNs of a cluster's registered instances, by status and by a statement of the cluster query language. */
import type { ListContainerInstancesRequest, ListContainerInstancesResponse } from '@aws-sdk/client-ecs'
import { containerInstanceArn } from '../../../model/arn.ts'
import type { ContainerInstanceRecord } from '../../../model/records.ts'
import { compileFilter, ExpressionError } from '../../../scheduler/query-language.ts'
import { onCluster } from '../access.ts'
import type { EcsContext, EcsOperation } from '../context.ts'
import { ecsEnums, oneOf } from '../enums.ts'
import { invalidParameter } from '../faults.ts'
import { requireCluster } from '../lookups.ts'
import { page } from '../page.ts'

type InstanceTest = (instance: ContainerInstanceRecord) => boolean

export const listContainerInstances: EcsOperation<ListContainerInstancesRequest, ListContainerInstancesResponse> = {
  access: onCluster,
  handle: (input, context) => {
    const { clusterArn } = requireCluster(context, input.cluster)
    const hasStatus = statusTest(input.status)
    const matches = filterTest(input.filter, context)
    const instances = context.tx.containerInstances
      .find('byCluster', clusterArn)
      .filter((instance) => hasStatus(instance) && matches(instance))
    const scope = ['ListContainerInstances', clusterArn, input.status ?? '', input.filter ?? ''].join('|')
    const { items, nextToken } = page(context, scope, instances, input, (instance) => instance.containerInstanceId)
    return {
      containerInstanceArns: items.map((instance) => containerInstanceArn(clusterArn, instance.containerInstanceId)),
      ...(nextToken !== undefined && { nextToken }),
    }
  },
}

/** Without a status: all but INACTIVE. The statuses of trunk network interfaces are known, but no instance has one. */
const statusTest = (status: string | undefined): InstanceTest => {
  if (status === undefined) return (instance) => instance.status !== 'INACTIVE'
  const wanted: string = oneOf('status', status, ecsEnums.ContainerInstanceStatus)
  return (instance) => instance.status === wanted
}

const filterTest = (filter: string | undefined, context: EcsContext): InstanceTest => {
  if (!filter) return () => true
  try {
    return compileFilter(filter, ({ containerInstanceId }) => context.capacity.facts(containerInstanceId))
  } catch (error) {
    if (error instanceof ExpressionError) throw invalidParameter(error.message)
    throw error
  }
}
