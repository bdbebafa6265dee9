/**
 * DeregisterContainerInstance: takes an instance out of its cluster for good. Its agent is told to stop asking; the containers on it
 * are left to themselves, and their tasks count as stopped.
 */
import type { DeregisterContainerInstanceRequest, DeregisterContainerInstanceResponse } from '@aws-sdk/client-ecs'
import { endWithoutAgent, type StopCause } from '../../../model/task-state.ts'
import { onCluster } from '../access.ts'
import { requireContainerInstance } from '../container-instance-lookups.ts'
import type { EcsOperation } from '../context.ts'
import { describeContainerInstance } from '../describe-container-instance.ts'
import { invalidParameter } from '../faults.ts'
import { checkNotOtherHost } from '../instance-agents.ts'
import { requireCluster } from '../lookups.ts'

const FORCED: StopCause = {
  stopCode: 'UserInitiated',
  stoppedReason: 'Container instance deregistration forced by user',
}

export const deregisterContainerInstance: EcsOperation<
  DeregisterContainerInstanceRequest,
  DeregisterContainerInstanceResponse
> = {
  access: onCluster,
  handle: (input, context) => {
    const { containerInstances, tasks } = context.tx
    const instance = requireContainerInstance(context, requireCluster(context, input.cluster), input.containerInstance)
    checkNotOtherHost(context, 'DeregisterContainerInstance', instance)
    const orphans = tasks.find('activeByInstance', instance.containerInstanceId)
    if (orphans.length > 0 && input.force !== true) throw invalidParameter('Found running tasks on the instance.')
    for (const task of orphans) tasks.put(endWithoutAgent(task, FORCED, context.now))
    const deregistered = containerInstances.update(instance.containerInstanceId, {
      status: 'INACTIVE',
      agentConnected: false,
      deregisteredAt: context.now,
      version: instance.version + 1,
    })
    return { containerInstance: describeContainerInstance(context, deregistered) }
  },
}
