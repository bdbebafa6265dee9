/** Why a task of a service was not placed, in ECS's words. Source: "Service event messages" in the developer guide. */
import { capacityProviderArn, containerInstanceArn, parseArn } from '../../model/arn.ts'
import type { ServiceRecord } from '../../model/service-records.ts'
import { placementFilters } from '../../scheduler/constraints/constraints.ts'
import type { PlacementFailure } from '../../scheduler/types.ts'
import type { PassContext } from './pass-context.ts'
import { serviceAction } from './service-events.ts'
import type { Unplaced } from './starts.ts'

export const TROUBLESHOOTING =
  'For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.'

const NO_FARGATE_CAPACITY =
  'Capacity is unavailable at this time. Please try again later or in a different availability zone.'

/** What is said of the closest instance, by the check that it failed. */
const WORDS: ReadonlyMap<string, string> = new Map([
  ['RESOURCE:CPU', 'has insufficient CPU units available'],
  ['RESOURCE:MEMORY', 'has insufficient memory available'],
  ['RESOURCE:GPU', 'has insufficient GPU resource available'],
  ['RESOURCE:PORTS', 'is already using a port required by your task'],
  ['ATTRIBUTE', 'is missing an attribute required by your task'],
])

/** Tells the service's owner, once per situation. */
export const sayUnplaced = (
  context: PassContext,
  holderId: string,
  { failures, availabilityZone, capacityProviderName }: Unplaced,
  isFargate: boolean,
): void => {
  const closest = closestOf(failures)
  const action = serviceAction('ERROR', 'SERVICE_TASK_PLACEMENT_FAILURE', {
    reason: isFargate ? 'RESOURCE:FARGATE' : (closest?.reason ?? 'MISSING'),
    ...instanceMember(context.service, closest),
    ...providerMember(context.service, capacityProviderName),
  })
  context.events.sayOnce(isFargate ? withoutCapacity() : words(closest, availabilityZone), action, holderId)
}

const withoutCapacity = (): string => `was unable to place a task. Reason: ${NO_FARGATE_CAPACITY} ${TROUBLESHOOTING}`

const words = (closest: PlacementFailure | undefined, availabilityZone: string | undefined): string => {
  if (availabilityZone !== undefined)
    return `is unable to place a task in ${availabilityZone} because no container instance met all of its requirements.`
  return `was unable to place a task because no container instance met all of its requirements. ${reasonOf(closest)} ${TROUBLESHOOTING}`
}

const reasonOf = (closest: PlacementFailure | undefined): string => {
  const { containerInstanceId: id, reason } = closest ?? {
    reason: 'No Container Instances were found in your cluster.',
  }
  if (id === undefined) return `Reason: ${reason}`
  return `The closest matching (container-instance ${id}) ${WORDS.get(reason) ?? `encountered error "${reason}"`}.`
}

/** The instance that passed the most checks before it failed one. */
const closestOf = (failures: readonly PlacementFailure[]): PlacementFailure | undefined => {
  let best: PlacementFailure | undefined
  for (const failure of failures) if (best === undefined || passed(failure) > passed(best)) best = failure
  return best
}

const passed = ({ reason }: PlacementFailure): number =>
  placementFilters.findIndex((filter) => filter.reason === reason)

const instanceMember = ({ clusterArn }: ServiceRecord, closest: PlacementFailure | undefined) =>
  closest?.containerInstanceId === undefined
    ? {}
    : { containerInstanceArns: [containerInstanceArn(clusterArn, closest.containerInstanceId)] }

const providerMember = ({ clusterArn }: ServiceRecord, name: string | undefined) => {
  const { region = '', account = '' } = parseArn(clusterArn) ?? {}
  return name === undefined ? {} : { capacityProviderArns: [capacityProviderArn(region, account, name)] }
}
