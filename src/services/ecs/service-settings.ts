/**
 * What a request says of a service as a whole, rather than of the tasks of one revision: checked, and with the defaults of
 * CreateService. And the members that there is nothing for here yet, which are refused where they would have an effect.
 */
import type { CreateServiceRequest, UpdateServiceRequest } from '@aws-sdk/client-ecs'
import { compact } from '../../kit/compact.ts'
import { TASKS_PER_SERVICE } from '../../model/limits.ts'
import type { TaskDefinitionRecord } from '../../model/records.ts'
import type { ServiceRecord, ServiceRevisionRecord } from '../../model/service-records.ts'
import { ecsEnums, oneOf } from './enums.ts'
import { invalidParameter, unsupportedFeature } from './faults.ts'
import { checkConstraints, checkStrategies } from './task-placement.ts'

type Request = CreateServiceRequest | UpdateServiceRequest

/** Members that nothing here stands behind. Said to be off, or empty, they change nothing. */
export const refuseUnsupported = (input: Request): void => {
  const refused = [
    ['serviceRegistries', input.serviceRegistries?.length],
    ['serviceConnectConfiguration', input.serviceConnectConfiguration?.enabled],
    ['volumeConfigurations', input.volumeConfigurations?.length],
    ['vpcLatticeConfigurations', input.vpcLatticeConfigurations?.length],
    ['gatewayConnectors', input.gatewayConnectors?.length],
    ['monitoring', input.monitoring?.metricConfigurations?.length],
  ] as const
  for (const [member, isGiven] of refused)
    if (isGiven) throw unsupportedFeature(`${member} is not supported for services.`)
}

type Strategy = Pick<ServiceRecord, 'schedulingStrategy'>

/** Undefined for a DAEMON service, whose instances decide. */
export const checkedDesiredCount = (
  desiredCount: number | undefined,
  { schedulingStrategy }: Strategy,
): number | undefined => {
  if (desiredCount === undefined) return undefined
  if (schedulingStrategy === 'DAEMON')
    throw invalidParameter(
      'The daemon scheduling strategy does not support a desired count for services. Remove the desired count value ' +
        'and try again',
    )
  if (desiredCount < 0 || desiredCount > TASKS_PER_SERVICE)
    throw invalidParameter(`desiredCount must be between 0 and ${TASKS_PER_SERVICE}.`)
  return desiredCount
}

export const checkedGracePeriod = (seconds: number | undefined): number | undefined => {
  if (seconds !== undefined && seconds < 0)
    throw invalidParameter('healthCheckGracePeriodSeconds must be between 0 and 2147483647.')
  return seconds
}

export const checkedPropagateTags = (propagateTags: string | undefined): ServiceRecord['propagateTags'] | undefined =>
  propagateTags === undefined ? undefined : oneOf('propagateTags', propagateTags, ecsEnums.PropagateTags)

/** ECS Exec acts with the permissions of the task. With an EXTERNAL controller, the definition is known only with a task set. */
export const checkTaskRole = (
  isEnabled: boolean,
  definition: TaskDefinitionRecord | undefined,
  participle: 'created' | 'updated',
): void => {
  if (isEnabled && definition !== undefined && !definition.taskRoleArn)
    throw invalidParameter(
      `The service couldn't be ${participle} because a valid taskRoleArn is not being used. Specify a valid task role ` +
        'in your task definition and try again.',
    )
}

/** What decides where a service's tasks go. */
export type Placement = Pick<ServiceRecord, 'placementConstraints' | 'placementStrategy'>

/** The placement of a service, as sent. The definition is absent where task sets bring it. */
export const checkPlacement = (
  { placementConstraints, placementStrategy }: Placement,
  { schedulingStrategy }: Strategy,
  definition: TaskDefinitionRecord | undefined,
  launchType: ServiceRevisionRecord['launchType'],
): void => {
  checkConstraints(placementConstraints, definition ?? NO_CONSTRAINTS, launchType)
  checkStrategies(placementStrategy, launchType)
  if (schedulingStrategy === 'REPLICA') return
  if (placementStrategy.length > 0)
    throw invalidParameter(
      'The daemon scheduling strategy does not support placement strategies. Remove the placement strategy and try again',
    )
  if (placementConstraints.some(({ type }) => type === 'distinctInstance'))
    throw invalidParameter(
      'The daemon scheduling strategy does not support the distinctInstance placement constraint. Remove the constraint ' +
        'and try again',
    )
}

const NO_CONSTRAINTS = { placementConstraints: [] }

const ZONE = 'ecs.availability-zone'

type Rebalanced = Placement &
  Pick<ServiceRecord, 'schedulingStrategy' | 'deploymentController' | 'deploymentConfiguration'>

/**
 * ENABLED unless something about the service stands against it.
 * Source: "Balancing an Amazon ECS service across Availability Zones" in the developer guide.
 */
export const defaultRebalancing = (
  service: Rebalanced,
  launchType: ServiceRevisionRecord['launchType'],
): ServiceRecord['availabilityZoneRebalancing'] =>
  obstacleToRebalancing(service, launchType) === undefined ? 'ENABLED' : 'DISABLED'

export const checkRebalancing = (
  service: Rebalanced & Pick<ServiceRecord, 'availabilityZoneRebalancing'>,
  launchType: ServiceRevisionRecord['launchType'],
): void => {
  oneOf('availabilityZoneRebalancing', service.availabilityZoneRebalancing, ecsEnums.AvailabilityZoneRebalancing)
  const obstacle = obstacleToRebalancing(service, launchType)
  if (service.availabilityZoneRebalancing === 'ENABLED' && obstacle !== undefined)
    throw invalidParameter(`Availability Zone rebalancing does not support ${obstacle}.`)
}

const obstacleToRebalancing = (
  service: Rebalanced,
  launchType: ServiceRevisionRecord['launchType'],
): string | undefined => {
  const first = service.placementStrategy[0]
  if (service.schedulingStrategy === 'DAEMON') return 'the DAEMON scheduling strategy'
  if (service.deploymentController !== 'ECS') return `the ${service.deploymentController} deployment controller`
  if (launchType === 'EXTERNAL') return 'the EXTERNAL launch type'
  if (service.deploymentConfiguration.maximumPercent <= 100) return 'a maximumPercent of 100'
  if (first !== undefined && !(first.type === 'spread' && first.field === `attribute:${ZONE}`))
    return `a first placement strategy other than spread over attribute:${ZONE}`
  if (service.placementConstraints.some(({ expression }) => expression?.includes(ZONE)))
    return `placement constraints on attribute:${ZONE}`
  return undefined
}

/** Constraints and strategies without members that are not set. */
export const placementOf = ({ placementConstraints = [], placementStrategy = [] }: Request): Placement => ({
  placementConstraints: placementConstraints.map(compact),
  placementStrategy: placementStrategy.map(compact),
})
