/** StartTask: one task on each of the instances that the caller names, if it fits. */
import type { Failure, StartTaskRequest, StartTaskResponse } from '@aws-sdk/client-ecs'
import { defined } from '../../../kit/assert.ts'
import { START_TASK_INSTANCES, START_TASK_STARTED_BY_LENGTH } from '../../../model/limits.ts'
import { taskMaker } from '../../../model/new-task.ts'
import { definitionConstraints, requiredAttributes } from '../../../scheduler/launch-requirements.ts'
import type { ClusterRecord, ContainerInstanceRecord } from '../../../model/records.ts'
import { startingTasks } from '../access-launches.ts'
import { onContainerInstances } from '../access.ts'
import { containerInstanceArnOf, findContainerInstance } from '../container-instance-lookups.ts'
import type { EcsContext, EcsOperation } from '../context.ts'
import { describeTask, taskView } from '../describe-task.ts'
import { invalidParameter } from '../faults.ts'
import { requireActiveTaskDefinition, requireCluster } from '../lookups.ts'
import { checkedLaunch } from '../task-launch.ts'
import { describeFailures } from '../task-placement.ts'
import { missing } from '../missing-member.ts'

/** AWS: tasks that are started so have launch type EC2, whatever their instances are. */
const LAUNCH_TYPE = 'EC2'

export const startTask: EcsOperation<StartTaskRequest, StartTaskResponse> = {
  access: (input, context) => {
    const arns = onContainerInstances(input, context).map(({ resource }) => resource)
    return startingTasks('StartTask', input, context, { 'ecs:container-instances': arns })
  },
  handle: (input, context) => {
    const cluster = requireCluster(context, input.cluster)
    const definition = requireActiveTaskDefinition(context, input.taskDefinition)
    const launch = checkedLaunch(context, input, {
      cluster,
      definition,
      launchType: LAUNCH_TYPE,
      startedByLength: START_TASK_STARTED_BY_LENGTH,
    })
    const { instances, failures } = namedInstances(context, cluster, checkedIdentifiers(input.containerInstances))
    const placed = context.capacity.place({
      clusterArn: cluster.clusterArn,
      count: instances.length,
      group: launch.group,
      reservation: launch.reservation,
      requiredAttributes: requiredAttributes(launch),
      constraints: definitionConstraints(definition),
      strategies: [],
      containerInstanceIds: instances.map(({ containerInstanceId }) => containerInstanceId),
    })
    const newTask = taskMaker(launch, context.ids)
    const tasks = placed.placements.map(({ containerInstanceId, gpuIds }) => {
      const instance = defined(context.tx.containerInstances.get(containerInstanceId), 'the instance of a placement')
      return context.tx.tasks.insert(newTask({ host: { instance, gpuIds } }))
    })
    return {
      tasks: tasks.map((task) => describeTask(task, taskView(context.tx, task, true))),
      failures: [...failures, ...describeFailures(placed.failures, cluster.clusterArn, LAUNCH_TYPE)],
    }
  },
}

const checkedIdentifiers = (identifiers: readonly string[] = []): readonly string[] => {
  if (identifiers.length === 0) throw missing('containerInstances')
  if (identifiers.length > START_TASK_INSTANCES)
    throw invalidParameter(`Container instances can have at most ${START_TASK_INSTANCES} items.`)
  return [...new Set(identifiers)]
}

/** The instances that can be considered at all; the others are failures. */
const namedInstances = (
  context: EcsContext,
  cluster: ClusterRecord,
  identifiers: readonly string[],
): { readonly instances: readonly ContainerInstanceRecord[]; readonly failures: readonly Failure[] } => {
  const instances = new Set<ContainerInstanceRecord>()
  const failures: Failure[] = []
  for (const identifier of identifiers) {
    const instance = findContainerInstance(context, cluster, identifier)
    const arn = containerInstanceArnOf(cluster, identifier)
    if (instance === undefined) failures.push({ arn, reason: 'MISSING' })
    else if (instance.status === 'INACTIVE') failures.push({ arn, reason: 'INACTIVE' })
    else instances.add(instance)
  }
  return { instances: [...instances], failures }
}
