/**
 * Places the tasks of one RunTask: on instances that have room now or, where a capacity provider's managed scaling is to bring some,
 * among the tasks that wait for it.
 */
import { defined } from '../../kit/assert.ts'
import { canWait, waitingRoom } from '../../model/capacity-provider.ts'
import { PROVISIONING_TASKS_PER_CLUSTER } from '../../model/limits.ts'
import type { TaskLaunch, TaskTarget } from '../../model/new-task.ts'
import type { WaitingTask } from '../../model/records.ts'
import { launchRequest } from '../../scheduler/launch-requirements.ts'
import type { PlacementFailure } from '../../scheduler/types.ts'
import { findCapacityProvider } from './capacity-providers.ts'
import type { EcsContext } from './context.ts'
import { invalidParameter } from './faults.ts'

export interface PlacedLaunch {
  readonly targets: readonly TaskTarget[]
  /** Why the rest neither runs nor waits. */
  readonly failures: readonly PlacementFailure[]
}

/** `capacityProviderNames`: one per task, or none at all. */
export const placeLaunch = (
  context: EcsContext,
  launch: TaskLaunch,
  waiting: WaitingTask,
  count: number,
  capacityProviderNames: readonly string[] | undefined,
): PlacedLaunch => {
  if (launch.launchType === 'FARGATE') return placeOnFargate(context, launch, waiting, count, capacityProviderNames)
  const parts = partsOf(count, capacityProviderNames)
  checkAnyInstances(context, launch, parts)
  const placed: PlacedLaunch = { targets: [], failures: [] }
  return parts.reduce((before, part) => {
    const { targets, failures } = placePart(context, launch, waiting, part, before.targets.filter(isWaiting).length)
    return { targets: [...before.targets, ...targets], failures: [...before.failures, ...failures] }
  }, placed)
}

/** The tasks of one capacity provider, whose instances are its own: parts do not compete. */
interface Part {
  readonly count: number
  readonly capacityProviderName?: string
}

const partsOf = (count: number, names: readonly string[] | undefined): readonly Part[] =>
  names === undefined
    ? [{ count }]
    : [...new Set(names)].map((capacityProviderName) => ({
        capacityProviderName,
        count: names.filter((name) => name === capacityProviderName).length,
      }))

/** AWS: a cluster without instances is a fault, unless some are to come. */
const checkAnyInstances = (context: EcsContext, { clusterArn }: TaskLaunch, parts: readonly Part[]): void => {
  if (context.tx.containerInstances.count('registeredInCluster', clusterArn) > 0) return
  if (parts.some((part) => mayWait(context, part))) return
  throw invalidParameter('No Container Instances were found in your cluster.')
}

const mayWait = (context: EcsContext, { capacityProviderName }: Part): boolean =>
  capacityProviderName !== undefined && canWait(findCapacityProvider(context, capacityProviderName))

const isWaiting = ({ waiting }: TaskTarget): boolean => waiting !== undefined

/** All of Fargate's machines are one pool; which provider a task counts for changes nothing about where it may go. */
const placeOnFargate = (
  context: EcsContext,
  launch: TaskLaunch,
  waiting: WaitingTask,
  count: number,
  names: readonly string[] | undefined,
): PlacedLaunch => {
  const { placements, failures } = context.capacity.place(launchRequest(launch, waiting, count))
  const targets = placements.map((placement, index): TaskTarget => ({
    host: hostOf(context, placement),
    capacityProviderName: names?.[index],
  }))
  return { targets, failures }
}

/** `waitingCount`: tasks of other parts that are going to wait. */
const placePart = (
  context: EcsContext,
  launch: TaskLaunch,
  waiting: WaitingTask,
  part: Part,
  waitingCount: number,
): PlacedLaunch => {
  const { count, capacityProviderName } = part
  const { placements, failures } = context.capacity.place(launchRequest(launch, waiting, count, capacityProviderName))
  const placed = placements.map((placement): TaskTarget => ({ host: hostOf(context, placement), capacityProviderName }))
  const missing = count - placed.length
  if (missing === 0 || !mayWait(context, part)) return { targets: placed, failures }
  const room = waitingRoom(context.tx.tasks.findSize('waiting', launch.clusterArn) + waitingCount)
  const waits = Array<TaskTarget>(Math.min(missing, room)).fill({ waiting, capacityProviderName })
  return { targets: [...placed, ...waits], failures: waits.length === missing ? [] : failures.map(noRoomToWait) }
}

const noRoomToWait = (failure: PlacementFailure): PlacementFailure => ({
  ...failure,
  detail: `The cluster has ${PROVISIONING_TASKS_PER_CLUSTER} tasks in the PROVISIONING state, which is the most it can have.`,
})

const hostOf = (
  { tx }: EcsContext,
  { containerInstanceId, gpuIds }: { readonly containerInstanceId: string; readonly gpuIds: readonly string[] },
): NonNullable<TaskTarget['host']> => ({
  instance: defined(tx.containerInstances.get(containerInstanceId), 'the instance of a placement'),
  gpuIds,
})
