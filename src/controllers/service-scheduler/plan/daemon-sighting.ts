/** A DAEMON group as its planner sees it: what there is on each instance, and what is where no task of it should be. */
import { type TaskLimits, taskLimits } from './task-limits.ts'
import { compareText, inOrder, isUnhealthy, notionsAt, type TaskNotions } from './task-notions.ts'
import type { DaemonGroup, TaskFacts } from './types.ts'

/** An instance that is to run one task of the holder, and what runs there. */
export interface DaemonHost {
  readonly containerInstanceId: string
  /** Tasks of the holder that are not unhealthy; one is as it should be. */
  readonly keepers: readonly TaskFacts[]
  readonly unhealthy: readonly TaskFacts[]
  readonly replaced: readonly TaskFacts[]
  readonly stoppingCount: number
}

export interface DaemonSighting {
  readonly group: DaemonGroup
  readonly is: TaskNotions
  readonly limits: TaskLimits
  readonly hosts: readonly DaemonHost[]
  /** Hosts without a keeper, those first that have no task at all. */
  readonly lacking: readonly DaemonHost[]
  /** On instances that need no task, or not any more. */
  readonly misplaced: readonly TaskFacts[]
  readonly misplacedFor: (task: TaskFacts) => 'surplus' | 'replaced' | 'draining'
  /** On instances that were deregistered: out of reach, protected or not. */
  readonly lost: readonly TaskFacts[]
  readonly stoppingCount: number
  /** Tasks more that there may be now. */
  readonly room: number
  readonly isThrottled: boolean
}

export const observeDaemons = (group: DaemonGroup, now: number): DaemonSighting => {
  const tasks = inOrder(group.tasks)
  const toRun = tasks.filter(({ status }) => status !== 'stopping')
  const onHost = Map.groupBy(tasks, hostIdOf)
  const hosts = group.instances.toSorted(compareText).map((id) => daemonHost(group, id, onHost.get(id) ?? []))
  const isHost = new Set(group.instances)
  const limits = taskLimits(hosts.length, group)
  const misplaced = toRun.filter((task) => !isHost.has(hostIdOf(task)) && task.hostStatus !== 'INACTIVE')
  return {
    group,
    is: notionsAt(group.settlingMs, now),
    limits,
    hosts,
    lacking: hosts
      .filter(({ keepers }) => keepers.length === 0)
      .toSorted((one, other) => taskCount(one) - taskCount(other)),
    misplaced: misplaced.filter((task) => !staysForOthers(group, task)),
    misplacedFor: ({ hostStatus, holderId }) => {
      if (hostStatus === 'DRAINING') return 'draining'
      return holderId === group.holderId ? 'surplus' : 'replaced'
    },
    lost: toRun.filter((task) => !isHost.has(hostIdOf(task)) && task.hostStatus === 'INACTIVE'),
    stoppingCount: tasks.length - toRun.length,
    room: limits.maximum - hosts.reduce((sum, host) => sum + taskCount(host), 0),
    isThrottled: group.throttledUntil !== undefined && group.throttledUntil > now,
  }
}

const hostIdOf = ({ containerInstanceId = '' }: TaskFacts): string => containerInstanceId

const daemonHost = (group: DaemonGroup, containerInstanceId: string, tasks: readonly TaskFacts[]): DaemonHost => {
  const live = tasks.filter(({ status }) => status !== 'stopping')
  const mine = live.filter(({ holderId }) => holderId === group.holderId)
  return {
    containerInstanceId,
    keepers: mine.filter((task) => !isUnhealthy(task)),
    unhealthy: mine.filter(isUnhealthy),
    replaced: live.filter(({ holderId }) => holderId !== group.holderId),
    stoppingCount: tasks.length - live.length,
  }
}

const taskCount = ({ keepers, unhealthy, replaced, stoppingCount }: DaemonHost): number =>
  keepers.length + unhealthy.length + replaced.length + stoppingCount

/** AWS: the daemon of a DRAINING instance is the last to leave it. */
const staysForOthers = ({ drainingBusy }: DaemonGroup, task: TaskFacts): boolean =>
  task.status === 'running' && task.hostStatus === 'DRAINING' && drainingBusy.has(hostIdOf(task))
