/** What the tasks of one deployment or task set are made of, and what the scheduler is asked for them. */
import { clusterNameOf } from '../../model/arn.ts'
import type { TaskLaunch } from '../../model/new-task.ts'
import { serviceGroup } from '../../model/arn.ts'
import type { WaitingTask } from '../../model/records.ts'
import type { ServiceRecord } from '../../model/service-records.ts'
import { serviceTaskTags } from '../../model/service-task-tags.ts'
import { type LaunchType, taskReservation } from '../../model/task-reservation.ts'
import { launchConstraints, launchStrategies, requiredAttributes } from '../../scheduler/launch-requirements.ts'
import type { PlacementRequest } from '../../scheduler/types.ts'
import type { Holder, PassContext } from './pass-context.ts'
import type { Start } from './plan/types.ts'

export interface ServiceLaunch {
  readonly launch: TaskLaunch
  readonly request: Omit<PlacementRequest, 'count'>
  /** Where tasks go that have to wait for capacity. */
  readonly waiting: WaitingTask
}

const FARGATE_PROVIDERS: ReadonlySet<string> = new Set(['FARGATE', 'FARGATE_SPOT'])
const ZONE = 'attribute:ecs.availability-zone'

/**
 * AWS: without a strategy, tasks are spread over Availability Zones, and within one over instances. Between instances that are equal for
 * the service chance decides, or many small services would all be on the same few.
 */
const DEFAULT_STRATEGY: ServiceRecord['placementStrategy'] = [
  { type: 'spread', field: ZONE },
  { type: 'spread', field: 'instanceId' },
  { type: 'random' },
]

/** Undefined if the task definition is gone. */
export const serviceLaunch = (
  context: PassContext,
  holder: Holder,
  { capacityProviderName, availabilityZone }: Pick<Start, 'capacityProviderName' | 'availabilityZone'>,
): ServiceLaunch | undefined => {
  const { tx, service } = context
  const revision = tx.serviceRevisions.get(holder.serviceRevisionArn)
  const definition = revision && tx.taskDefinitions.get(revision.taskDefinitionArn)
  if (revision === undefined || definition === undefined) return undefined
  const launchType = launchTypeOf(revision.launchType, capacityProviderName)
  const launch: TaskLaunch = {
    clusterArn: service.clusterArn,
    definition,
    launchType,
    group: serviceGroup(service.serviceName),
    startedBy: holder.holderId,
    enableExecuteCommand: service.enableExecuteCommand,
    reservation: taskReservation(definition, undefined, launchType),
    tags: serviceTaskTags(service, definition, clusterNameOf(service.clusterArn)),
    createdAt: context.now,
    ...(launchType === 'FARGATE' && revision.platformVersion !== undefined
      ? { platformVersion: revision.platformVersion }
      : {}),
  }
  const waiting = waitingOf(service)
  return { launch, waiting, request: requestOf(launch, waiting, capacityProviderName, availabilityZone) }
}

const launchTypeOf = (launchType: LaunchType, capacityProviderName: string | undefined): LaunchType => {
  if (capacityProviderName === undefined) return launchType
  return FARGATE_PROVIDERS.has(capacityProviderName) ? 'FARGATE' : 'EC2'
}

const waitingOf = ({ placementConstraints, placementStrategy }: ServiceRecord): WaitingTask => ({
  placementConstraints,
  placementStrategy: placementStrategy.length === 0 ? DEFAULT_STRATEGY : placementStrategy,
})

const requestOf = (
  launch: TaskLaunch,
  { placementConstraints, placementStrategy }: WaitingTask,
  capacityProviderName: string | undefined,
  availabilityZone: string | undefined,
): ServiceLaunch['request'] => {
  const { clusterArn, group, reservation, definition, launchType } = launch
  const constraints = launchConstraints(placementConstraints, definition)
  return {
    clusterArn,
    group,
    reservation,
    requiredAttributes: requiredAttributes(launch),
    constraints:
      availabilityZone === undefined
        ? constraints
        : [...constraints, { type: 'memberOf', expression: `${ZONE} == '${availabilityZone.replaceAll("'", "\\'")}'` }],
    strategies: launchStrategies(placementStrategy, launchType),
    // AWS: machines of Fargate belong to no capacity provider of the cluster's.
    ...(launchType === 'FARGATE' || capacityProviderName === undefined ? {} : { capacityProviderName }),
  }
}
