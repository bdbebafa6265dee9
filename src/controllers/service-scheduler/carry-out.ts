/** Plans one group of tasks and carries the plan out. */
import { isFargateProvider } from '../../model/capacity-provider.ts'
import { SERVICE_STOPS_PER_TRANSACTION } from '../../model/limits.ts'
import type { Observation } from './observe.ts'
import { daemonGroup, replicaGroup } from './groups.ts'
import { getHolder, type Holder, type PassContext } from './pass-context.ts'
import { sayUnplaced } from './placement-words.ts'
import type { RememberedGroup } from './plan-memory.ts'
import { planDaemon } from './plan/plan-daemon.ts'
import { planReplica } from './plan/plan-replica.ts'
import type { TaskFacts, TaskPlan } from './plan/types.ts'
import type { GroupTarget } from './rollout/types.ts'
import type { Starts, Unplaced } from './starts.ts'
import { carryOutStops } from './stops.ts'
import { countTasks } from './task-facts.ts'

/** Plans the group anew, some of its tasks having been asked to stop. */
type Planner = (stopped: ReadonlySet<string>, isPlacementBlocked: boolean) => TaskPlan

export interface CarriedOut {
  readonly remembered: RememberedGroup
  /** Nothing was started or stopped. */
  readonly isAtRest: boolean
  readonly isBlocked: boolean
  readonly stoppedCount: number
  /** More are to stop than one transaction takes. */
  readonly isUnfinished: boolean
}

/** Undefined if the holder has gone meanwhile. */
export const carryOutGroup = (
  context: PassContext,
  observation: Observation,
  target: GroupTarget,
  starts: Starts,
): CarriedOut | undefined => {
  const holder = getHolder(context, target.holderId)
  const planner = holder && plannerOf(context, observation, target, holder)
  if (holder === undefined || planner === undefined) return undefined
  const counts = countTasks(observation.factsByHolder.get(target.holderId) ?? [])
  const plan = planner(new Set(), false)
  const stopped = carryOutStops(context, plan.stops.slice(0, SERVICE_STOPS_PER_TRANSACTION))
  const startedBefore = starts.startedCount
  const unplaced = starts.carryOut(holder, plan.starts)
  const final = unplaced.length === 0 ? plan : makeRoom(context, planner, new Set(stopped))
  sayHindrances(context, holder, final, unplaced)
  return {
    remembered: {
      holderId: target.holderId,
      desiredCount: target.desiredCount,
      plan: final,
      placementFailures: unplaced.flatMap(({ failures }) => failures),
      counts,
    },
    isAtRest: starts.startedCount === startedBefore && plan.stops.length + final.stops.length === 0,
    isBlocked: unplaced.length > 0,
    stoppedCount: stopped.length,
    isUnfinished: plan.stops.length > SERVICE_STOPS_PER_TRANSACTION,
  }
}

const plannerOf = (
  context: PassContext,
  observation: Observation,
  target: GroupTarget,
  holder: Holder,
): Planner | undefined => {
  if (context.service.schedulingStrategy === 'DAEMON') {
    const group = daemonGroup(context, observation, target, holder)
    return (stopped, isPlacementBlocked) =>
      planDaemon({ ...group, tasks: stopping(group.tasks, stopped), isPlacementBlocked }, context.now)
  }
  const revision = context.tx.serviceRevisions.get(holder.serviceRevisionArn)
  if (revision === undefined) return undefined
  const group = replicaGroup(context, observation, target, holder, revision)
  return (stopped, isPlacementBlocked) =>
    planReplica({ ...group, tasks: stopping(group.tasks, stopped), isPlacementBlocked }, context.now)
}

/** The facts once some tasks were asked to stop. */
const stopping = (tasks: readonly TaskFacts[], stopped: ReadonlySet<string>): readonly TaskFacts[] =>
  stopped.size === 0 ? tasks : tasks.map((task) => (stopped.has(task.taskId) ? { ...task, status: 'stopping' } : task))

/** Nothing new finds a place: old tasks may have to go first. */
const makeRoom = (context: PassContext, planner: Planner, stopped: ReadonlySet<string>): TaskPlan => {
  const plan = planner(stopped, true)
  carryOutStops(context, plan.stops.slice(0, SERVICE_STOPS_PER_TRANSACTION))
  return plan
}

const DEADLOCK =
  'was unable to stop or start tasks during a deployment because of the service deployment configuration. Update the minimumHealthyPercent or maximumPercent value and try again.'

const sayHindrances = (context: PassContext, holder: Holder, plan: TaskPlan, unplaced: readonly Unplaced[]): void => {
  const launchType = context.tx.serviceRevisions.get(holder.serviceRevisionArn)?.launchType
  for (const failed of unplaced) sayUnplaced(context, holder.holderId, failed, isOnFargate(failed, launchType))
  if (plan.hindrances.some(({ kind }) => kind === 'deadlock'))
    context.events.sayOnce(DEADLOCK, undefined, holder.holderId)
}

const isOnFargate = ({ capacityProviderName }: Unplaced, launchType: string | undefined): boolean =>
  capacityProviderName === undefined ? launchType === 'FARGATE' : isFargateProvider(capacityProviderName)
