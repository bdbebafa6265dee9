/**
 * UpdateContainerInstancesState: DRAINING takes an instance out of placement, ACTIVE puts it back. Standalone tasks on it are not
 * touched; whoever keeps a service's tasks running moves those elsewhere.
 */
import type {
  ContainerInstance,
  Failure,
  UpdateContainerInstancesStateRequest,
  UpdateContainerInstancesStateResponse,
} from '@aws-sdk/client-ecs'
import { UPDATED_INSTANCES } from '../../../model/limits.ts'
import type { ContainerInstanceRecord } from '../../../model/records.ts'
import { onContainerInstances } from '../access.ts'
import { containerInstanceArnOf, findContainerInstance } from '../container-instance-lookups.ts'
import type { EcsContext, EcsOperation } from '../context.ts'
import { describeContainerInstance } from '../describe-container-instance.ts'
import { invalidParameter } from '../faults.ts'
import { checkNotOtherHost } from '../instance-agents.ts'
import { requireCluster } from '../lookups.ts'
import { missing } from '../missing-member.ts'

type SettableStatus = 'ACTIVE' | 'DRAINING'

export const updateContainerInstancesState: EcsOperation<
  UpdateContainerInstancesStateRequest,
  UpdateContainerInstancesStateResponse
> = {
  access: onContainerInstances,
  handle: (input, context) => {
    const cluster = requireCluster(context, input.cluster)
    const status = checkedStatus(input.status)
    const named = input.containerInstances ?? []
    if (named.length === 0) throw missing('containerInstances')
    if (named.length > UPDATED_INSTANCES)
      throw invalidParameter(`instanceIds can have at most ${UPDATED_INSTANCES} items.`)
    const containerInstances: ContainerInstance[] = []
    const failures: Failure[] = []
    for (const arn of new Set(named.map((idOrArn) => containerInstanceArnOf(cluster, idOrArn)))) {
      const instance = findContainerInstance(context, cluster, arn)
      if (instance === undefined) failures.push({ arn, reason: 'MISSING' })
      else if (instance.status === 'INACTIVE') failures.push({ arn, reason: 'INACTIVE' })
      else containerInstances.push(describeContainerInstance(context, withStatus(context, instance, status)))
    }
    return { containerInstances, failures }
  },
}

const checkedStatus = (status: string | undefined): SettableStatus => {
  if (status === 'ACTIVE' || status === 'DRAINING') return status
  throw invalidParameter('Container instance status should be one of [ACTIVE, DRAINING]')
}

const withStatus = (
  context: EcsContext,
  instance: ContainerInstanceRecord,
  status: SettableStatus,
): ContainerInstanceRecord => {
  checkNotOtherHost(context, 'UpdateContainerInstancesState', instance)
  if (instance.status === status) return instance
  return context.tx.containerInstances.update(instance.containerInstanceId, { status, version: instance.version + 1 })
}
