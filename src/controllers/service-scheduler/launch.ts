/** What the tasks of one deployment or task set are made of, and what the scheduler is asked for them. */
import { clusterNameOf, serviceGroup } from '../../model/arn.ts'
import { isFargateProvider } from '../../model/capacity-provider.ts'
import type { TaskLaunch } from '../../model/new-task.ts'
import type { WaitingTask } from '../../model/records.ts'
import type { ServiceRecord } from '../../model/service-records.ts'
import { serviceTaskTags } from '../../model/service-task-tags.ts'
import { type LaunchType, taskReservation } from '../../model/task-reservation.ts'
import { launchRequest } from '../../scheduler/launch-requirements.ts'
import type { PlacementRequest } from '../../scheduler/types.ts'
import type { Holder, PassContext } from './pass-context.ts'
import type { Start } from './plan/types.ts'

export interface ServiceLaunch {
  readonly launch: TaskLaunch
  /** For any number of tasks. */
  readonly requestFor: (count: number) => PlacementRequest
  /** Where tasks go that have to wait for capacity. */
  readonly waiting: WaitingTask
}

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
  const placing = availabilityZone === undefined ? waiting : inZone(waiting, availabilityZone)
  return { launch, waiting, requestFor: (count) => launchRequest(launch, placing, count, capacityProviderName) }
}

const launchTypeOf = (launchType: LaunchType, capacityProviderName: string | undefined): LaunchType => {
  if (capacityProviderName === undefined) return launchType
  return isFargateProvider(capacityProviderName) ? 'FARGATE' : 'EC2'
}

const waitingOf = ({ placementConstraints, placementStrategy }: ServiceRecord): WaitingTask => ({
  placementConstraints,
  placementStrategy: placementStrategy.length === 0 ? DEFAULT_STRATEGY : placementStrategy,
})

const inZone = (waiting: WaitingTask, zone: string): WaitingTask => ({
  ...waiting,
  placementConstraints: [
    ...waiting.placementConstraints,
    { type: 'memberOf', expression: `${ZONE} == '${zone.replaceAll("'", "\\'")}'` },
  ],
})
