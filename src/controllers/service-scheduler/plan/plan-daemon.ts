/**
 * The plan of a group under the DAEMON strategy: one task of the holder on each instance that qualifies, and none anywhere else. Minimum
 * and maximum are those of the service, with the number of instances as the desired count; an instance counts as healthy while any
 * healthy task of the group runs on it.
 *
 * Source: "Daemon scheduling strategy" of "Amazon ECS services" in the developer guide; DeploymentConfiguration in the API reference.
 */
import { type DaemonHost, type DaemonSighting, observeDaemons } from './daemon-sighting.ts'
import { explain, type Remainder } from './hindrances.ts'
import { StopList } from './stop-list.ts'
import { compareText, isUnhealthy, type TaskNotions } from './task-notions.ts'
import type { DaemonGroup, Start, TaskFacts, TaskPlan } from './types.ts'

export const planDaemon = (group: DaemonGroup, now: number): TaskPlan => {
  const seen = observeDaemons(group, now)
  const stops = new StopList()
  const starts = startMissing(seen)
  stopAtOnce(seen, stops)
  stopDuplicates(seen, stops)
  stopUnhealthy(seen, stops)
  stopReplaced(seen, starts, stops)
  for (const task of seen.lost) stops.add(task, 'orphaned')
  return { starts, stops: stops.toArray(), ...explain(remainderOf(seen, starts, stops)) }
}

const startMissing = ({ group, lacking, room, isThrottled }: DaemonSighting): readonly Start[] =>
  !group.mayStart || isThrottled
    ? []
    : lacking.slice(0, Math.max(0, room)).map(({ containerInstanceId }) => ({
        holderId: group.holderId,
        count: 1,
        containerInstanceId,
      }))

const stopAtOnce = ({ group, is, hosts, misplaced, misplacedFor }: DaemonSighting, stops: StopList): void => {
  for (const task of misplaced) if (!is.isProtected(task)) stops.add(task, misplacedFor(task))
  if (!group.mayStart) return
  for (const task of hosts.flatMap(({ replaced }) => replaced))
    if (isUnhealthy(task) || (task.status === 'starting' && !is.isProtected(task))) stops.add(task, 'replaced')
}

/** One task on an instance is enough, of the holder as of those that it replaces. */
const stopDuplicates = ({ group, hosts, is }: DaemonSighting, stops: StopList): void => {
  for (const { keepers, replaced } of hosts) {
    for (const task of allButBest(keepers, is)) stops.add(task, 'surplus')
    if (group.mayStart) for (const task of allButBest(replaced, is)) stops.add(task, 'replaced')
  }
}

const allButBest = (tasks: readonly TaskFacts[], is: TaskNotions): readonly TaskFacts[] => {
  const [, ...others] = tasks.toSorted((one, other) => worth(other, is) - worth(one, is) || byAge(one, other))
  return others.filter((task) => !is.isProtected(task))
}

const worth = (task: TaskFacts, is: TaskNotions): number =>
  (is.isHealthy(task) ? 4 : 0) + (task.status === 'running' ? 2 : 0) + (is.isProtected(task) ? 1 : 0)

const byAge = (one: TaskFacts, other: TaskFacts): number =>
  one.createdAt - other.createdAt || compareText(one.taskId, other.taskId)

/** As with replicas, only that an unhealthy task can be replaced nowhere but on its own instance. */
const stopUnhealthy = (seen: DaemonSighting, stops: StopList): void => {
  for (const { keepers, unhealthy } of seen.hosts) {
    const isReplaced = keepers.some(seen.is.isHealthy)
    for (const task of isReplaced ? unhealthy : unhealthy.slice(1)) stops.add(task, 'unhealthy')
  }
  const [next] = seen.lacking.flatMap(({ unhealthy }) => unhealthy)
  if (next !== undefined && mayMakeRoom(seen, stops)) stops.add(next, 'unhealthy')
}

const mayMakeRoom = (seen: DaemonSighting, stops: StopList): boolean => {
  const { hosts, is, limits, stoppingCount } = seen
  if (missingRoom(seen) === 0 || stoppingCount > 0 || stops.size > 0) return false
  return healthyHosts(seen, stops).length >= limits.minimum || hosts.every(({ keepers }) => keepers.every(is.isHealthy))
}

const healthyHosts = ({ hosts, is }: DaemonSighting, stops: StopList): readonly DaemonHost[] =>
  hosts.filter(({ keepers, replaced }) => stops.remaining([...keepers, ...replaced]).some(is.isHealthy))

/** Places that tasks still have to make before one can start on every instance. */
const missingRoom = ({ group, lacking, room, isThrottled, hosts }: DaemonSighting): number => {
  if (!group.mayStart || isThrottled || lacking.length === 0) return 0
  const stoppingCount = hosts.reduce((sum, host) => sum + host.stoppingCount, 0)
  const unplacedCount = group.isPlacementBlocked === true ? lacking.length - stoppingCount : 0
  return Math.max(0, lacking.length - room - stoppingCount, unplacedCount)
}

/** Where the maximum lets the new task start beside it, the replaced one stays until that is healthy; else it goes first. */
const stopReplaced = (seen: DaemonSighting, starts: readonly Start[], stops: StopList): void => {
  if (!seen.group.mayStart) return
  for (const { keepers, replaced } of seen.hosts)
    if (keepers.some(seen.is.isHealthy)) stopAll(stoppable(seen, replaced, stops), stops)
  let missing = missingRoom(seen) - countStopped(seen, stops)
  let healthy = healthyHosts(seen, stops).length
  for (const { replaced } of unserved(seen, starts)) {
    const tasks = stoppable(seen, replaced, stops)
    if (tasks.length === 0) continue
    const isHealthy = tasks.some(seen.is.isHealthy)
    if (missing <= 0 || healthy - Number(isHealthy) < seen.limits.minimum) break
    stopAll(tasks, stops)
    missing -= tasks.length
    if (isHealthy && !stops.remaining(replaced).some(seen.is.isHealthy)) healthy -= 1
  }
}

/** Hosts whose replaced task may have to go before the new one can start; those first that nobody misses. */
const unserved = ({ group, lacking, is }: DaemonSighting, starts: readonly Start[]): readonly DaemonHost[] => {
  const isServed = new Set(group.isPlacementBlocked === true ? [] : starts.map((start) => start.containerInstanceId))
  const hosts = lacking.filter(({ containerInstanceId }) => !isServed.has(containerInstanceId))
  const health = ({ replaced }: DaemonHost): number => Number(replaced.some(is.isHealthy))
  return hosts.toSorted((one, other) => health(one) - health(other))
}

const stoppable = ({ is }: DaemonSighting, tasks: readonly TaskFacts[], stops: StopList): readonly TaskFacts[] =>
  stops.remaining(tasks).filter((task) => !is.isProtected(task))

const stopAll = (tasks: readonly TaskFacts[], stops: StopList): void => {
  for (const task of tasks) stops.add(task, 'replaced')
}

/** Stops of the plan that make room where there is to be a task. */
const countStopped = ({ hosts }: DaemonSighting, stops: StopList): number => {
  const tasks = hosts.flatMap(({ keepers, unhealthy, replaced }) => [...keepers, ...unhealthy, ...replaced])
  return tasks.length - stops.remaining(tasks).length
}

const remainderOf = (seen: DaemonSighting, starts: readonly Start[], stops: StopList): Remainder => {
  const { group, is, hosts, lacking, isThrottled, stoppingCount } = seen
  const replaced = stops.remaining(hosts.flatMap((host) => host.replaced))
  const duplicates = hosts.flatMap(({ keepers }) => (keepers.length > 1 ? stops.remaining(keepers).slice(1) : []))
  const unhealthy = hosts.flatMap((host) => host.unhealthy)
  const leftover = [
    ...stops.remaining([...seen.misplaced, ...unhealthy]),
    ...(group.mayStart ? replaced : []),
    ...duplicates,
  ]
  return {
    is,
    mayStart: group.mayStart,
    throttledUntil: isThrottled ? group.throttledUntil : undefined,
    need: lacking.length,
    unplacedCount: group.isPlacementBlocked === true ? lacking.length : 0,
    keepers: stops.remaining(hosts.flatMap(({ keepers }) => keepers)),
    leftover,
    keptCount: group.mayStart ? 0 : replaced.length,
    stoppingCount,
    shielded: leftover.filter(is.isProtected),
    isHealthAwaited: false,
    isMoving: starts.length > 0 || stops.size > 0,
  }
}
