/** A REPLICA group as its planner sees it: every task in the role that it has. */
import { type TaskLimits, taskLimits } from './task-limits.ts'
import { inOrder, isUnhealthy, notionsAt, type TaskNotions } from './task-notions.ts'
import type { ReplicaGroup, TaskFacts } from './types.ts'

export interface ReplicaSighting {
  readonly group: ReplicaGroup
  readonly is: TaskNotions
  readonly limits: TaskLimits
  /** All but those that are stopping or lost. */
  readonly live: readonly TaskFacts[]
  /** Tasks that count for the desired ones: of the holder, or kept beside it; none that is unhealthy, and none that has to move. */
  readonly keepers: readonly TaskFacts[]
  readonly unhealthy: readonly TaskFacts[]
  /** Tasks that go once others are there in their place. */
  readonly leaving: readonly TaskFacts[]
  readonly leavingFor: (task: TaskFacts) => 'replaced' | 'draining'
  /** Tasks of other holders that nothing replaces, because the deployment has failed. */
  readonly keptCount: number
  /** On instances that were deregistered: out of reach, protected or not, and without a place any more. */
  readonly lost: readonly TaskFacts[]
  readonly stoppingCount: number
  readonly healthyCount: number
  readonly healthyKeepers: readonly TaskFacts[]
  /** Desired tasks that nobody is yet, not even one that is starting. */
  readonly need: number
  /** Tasks more that there may be now. */
  readonly room: number
  readonly isThrottled: boolean
  /** Places that tasks still have to make before all that are needed can start; 0 where something else keeps them from it. */
  readonly missingRoom: number
}

export const observeReplicas = (group: ReplicaGroup, now: number): ReplicaSighting => {
  const is = notionsAt(group.settlingMs, now)
  const limits = taskLimits(group.desiredCount, group)
  const tasks = inOrder(group.tasks)
  const toRun = tasks.filter(({ status }) => status !== 'stopping')
  const live = toRun.filter(({ hostStatus }) => hostStatus !== 'INACTIVE')
  const mine = live.filter((task) => !isReplaced(group, task))
  const keepers = mine.filter((task) => !isUnhealthy(task) && task.hostStatus !== 'DRAINING')
  const stoppingCount = tasks.length - toRun.length
  const need = Math.max(0, group.desiredCount - keepers.length)
  const lost = toRun.filter(({ hostStatus }) => hostStatus === 'INACTIVE')
  const room = limits.maximum - (tasks.length - lost.length)
  const isThrottled = group.throttledUntil !== undefined && group.throttledUntil > now
  return {
    group,
    is,
    limits,
    live,
    keepers,
    unhealthy: mine.filter(isUnhealthy),
    leaving: live.filter((task) => isReplaced(group, task) || task.hostStatus === 'DRAINING'),
    leavingFor: (task) => (isReplaced(group, task) ? 'replaced' : 'draining'),
    keptCount: mine.filter(({ holderId }) => holderId !== group.holderId).length,
    lost,
    stoppingCount,
    healthyCount: live.filter(is.isHealthy).length,
    healthyKeepers: keepers.filter(is.isHealthy),
    need,
    room,
    isThrottled,
    missingRoom: isThrottled || !group.mayStart ? 0 : missingRoom(group, need, room, stoppingCount),
  }
}

/** A group whose deployment has failed replaces nothing; one that is to have no tasks has none of anybody. */
const isReplaced = ({ holderId, mayStart, desiredCount }: ReplicaGroup, task: TaskFacts): boolean =>
  task.holderId !== holderId && (mayStart || desiredCount === 0)

/** Tasks that are stopping will have made room; where no instance has any, each makes room for one. */
const missingRoom = ({ isPlacementBlocked }: ReplicaGroup, need: number, room: number, stoppingCount: number): number =>
  need === 0 ? 0 : Math.max(0, need - room - stoppingCount, isPlacementBlocked ? need - stoppingCount : 0)
