/**
 * The plan of a group under the REPLICA strategy: which tasks to start and stop now, between the minimum and the maximum of the service.
 * The steps come in the order of what costs the service least; each sees what those before it leave.
 *
 * Sources: DeploymentConfiguration in the API reference; "Amazon ECS services" (replacement of unhealthy tasks), "Draining Amazon ECS
 * container instances" and "Balancing an Amazon ECS service across Availability Zones" in the developer guide.
 */
import { explain, type Remainder } from './hindrances.ts'
import { providerLeads, splitStarts } from './provider-shares.ts'
import { observeReplicas, type ReplicaSighting } from './replica-sighting.ts'
import { scaleInOrder } from './scale-in.ts'
import { StopList } from './stop-list.ts'
import { isUnhealthy } from './task-notions.ts'
import type { ReplicaGroup, Start, TaskFacts, TaskPlan } from './types.ts'
import { moveNewcomer, zoneMove, zoneOf } from './zones.ts'

export const planReplica = (group: ReplicaGroup, now: number): TaskPlan => {
  const seen = observeReplicas(group, now)
  const stops = new StopList()
  stopAtOnce(seen, stops)
  stopUnhealthy(seen, stops)
  stopLeaving(seen, stops)
  stopSurplus(seen, stops)
  for (const task of seen.lost) stops.add(task, 'orphaned')
  const starts = [...startMissing(seen), ...startBalancing(seen)]
  return { starts, stops: stops.toArray(), ...explain(remainderOf(seen, starts, stops)) }
}

/** What serves nobody and is not to serve anybody. Unhealthy tasks that are all that serves go only where their room is needed. */
const stopAtOnce = (seen: ReplicaSighting, stops: StopList): void => {
  const { group, leaving, leavingFor, healthyCount, missingRoom, is } = seen
  for (const task of leaving) if (task.status === 'starting' && !is.isProtected(task)) stops.add(task, leavingFor(task))
  const ill = leaving.filter((task) => leavingFor(task) === 'replaced' && isUnhealthy(task))
  const isAllThatServes = group.failsOpen === true && group.mayStart && healthyCount === 0
  const count = isAllThatServes ? Math.max(0, missingRoom - stops.size) : ill.length
  for (const task of stops.remaining(ill).slice(0, count)) stops.add(task, 'replaced')
}

/**
 * Each desired task that is not healthy yet may have one unhealthy task stand in for it. So a replacement is started first; when it is
 * healthy the unhealthy one goes, and when it is unhealthy as well one of the two goes. AWS: without room for a replacement they go one by
 * one; the API reference adds "using the minimum as a constraint", which alone would keep a service ill for ever: below the minimum the
 * next one goes when everything else has come to rest.
 */
const stopUnhealthy = (seen: ReplicaSighting, stops: StopList): void => {
  const { group, healthyKeepers, is } = seen
  const candidates = stops.remaining(seen.unhealthy)
  const standIns = Math.max(0, group.desiredCount - healthyKeepers.length)
  const excess = Math.max(0, candidates.length - standIns)
  const count = excess === 0 && mayMakeRoom(seen, stops) ? 1 : excess
  const victims = scaleInOrder({ candidates, counted: candidates, leads: new Map(), is }, count)
  for (const task of victims) stops.add(task, 'unhealthy')
}

const mayMakeRoom = (seen: ReplicaSighting, stops: StopList): boolean => {
  const { missingRoom, stoppingCount, healthyCount, limits, keepers, healthyKeepers } = seen
  if (missingRoom === 0 || stoppingCount > 0 || stops.size > 0) return false
  return healthyCount >= limits.minimum || healthyKeepers.length === keepers.length
}

/**
 * Tasks of replaced holders and tasks on DRAINING instances serve until others are healthy in their place. Where those lack the room to
 * start, as many go before as make that room, down to the minimum; unhealthy tasks make theirs one by one. A failed deployment
 * starts nothing in their place: what has to move then goes down to the minimum, too.
 */
const stopLeaving = (seen: ReplicaSighting, stops: StopList): void => {
  const { group, leaving, leavingFor, limits, unhealthy, is } = seen
  const counted = stops.remaining(leaving)
  const candidates = counted.filter((task) => task.status === 'running' && !is.isProtected(task))
  let missing = group.mayStart ? seen.missingRoom - stops.size - stops.remaining(unhealthy).length : candidates.length
  let healthy = seen.healthyCount
  const mostToGo = candidates.filter((task) => !is.isHealthy(task)).length + Math.max(0, healthy - limits.minimum)
  for (const task of scaleInOrder({ candidates, counted, leads: new Map(), is }, mostToGo)) {
    const after = healthy - (is.isHealthy(task) ? 1 : 0)
    const makesRoom = missing > 0 && after >= limits.minimum
    if (after < group.desiredCount && !makesRoom) break
    stops.add(task, leavingFor(task))
    healthy = after
    missing -= 1
  }
}

/** A task that was started to move another out of a full zone is no surplus before it is healthy. */
const stopSurplus = (seen: ReplicaSighting, stops: StopList): void => {
  const { group, keepers, is } = seen
  const excess = keepers.length - group.desiredCount
  if (excess <= 0) return
  const newcomer = excess === 1 ? moveNewcomer(keepers, group.balancedZones) : undefined
  if (newcomer !== undefined && !is.isHealthy(newcomer)) return
  const candidates = keepers.filter((task) => !is.isProtected(task))
  const leads = providerLeads(group.capacityProviderStrategy, group.desiredCount, keepers)
  // Whatever else goes, as many as wanted run, serve and are healthy, if there are so many.
  const worths: readonly ((task: TaskFacts) => boolean)[] = [isRunning, is.isAvailable, is.isHealthy]
  let left = worths.map((holds) => keepers.filter(holds).length)
  for (const task of scaleInOrder({ candidates, counted: keepers, leads, is }, excess)) {
    const after = worths.map((holds, index) => left[index]! - Number(holds(task)))
    if (after.some((count, index) => count < left[index]! && count < group.desiredCount)) continue
    stops.add(task, newcomer === undefined ? 'surplus' : 'rebalanced')
    left = after
  }
}

const isRunning = ({ status }: TaskFacts): boolean => status === 'running'

const startMissing = ({ group, keepers, need, room, isThrottled }: ReplicaSighting): readonly Start[] => {
  const { holderId, desiredCount, capacityProviderStrategy, mayStart } = group
  const count = !mayStart || isThrottled ? 0 : Math.max(0, Math.min(need, room))
  return splitStarts(capacityProviderStrategy, desiredCount, keepers, { holderId, count })
}

/**
 * Only a group that stands still otherwise is balanced over zones. The new task is of the capacity provider of a task that may go from
 * the fullest zone, so that the shares of the providers bring about just that.
 */
const startBalancing = (seen: ReplicaSighting): readonly Start[] => {
  const { group, keepers, healthyKeepers, room, is } = seen
  const isAtRest = standsStill(seen) && healthyKeepers.length === keepers.length
  const move = isAtRest ? zoneMove(keepers, group.balancedZones) : undefined
  if (move === undefined || room < 1) return []
  const candidates = keepers.filter((task) => move.from.has(zoneOf(task)) && !is.isProtected(task))
  const [victim] = scaleInOrder({ candidates, counted: keepers, leads: new Map(), is }, 1)
  if (victim === undefined) return []
  const { capacityProviderName } = victim
  return [
    {
      holderId: group.holderId,
      count: 1,
      availabilityZone: move.to,
      ...(capacityProviderName === undefined ? {} : { capacityProviderName }),
    },
  ]
}

/** Complete, with nothing coming or going. */
const standsStill = ({ group, keepers, isThrottled }: ReplicaSighting): boolean => {
  const { desiredCount, mayStart, isPlacementBlocked, tasks } = group
  const isComplete = keepers.length === desiredCount && tasks.length === desiredCount
  return (
    isComplete && keepers.every(({ status }) => status === 'running') && mayStart && !isThrottled && !isPlacementBlocked
  )
}

const remainderOf = (seen: ReplicaSighting, starts: readonly Start[], stops: StopList): Remainder => {
  const { group, is, need, isThrottled, stoppingCount } = seen
  const keepers = stops.remaining(seen.keepers)
  const leaving = stops.remaining([...seen.leaving, ...seen.unhealthy])
  const excess = Math.max(0, keepers.length - group.desiredCount)
  const move = standsStill(seen) ? zoneMove(keepers, group.balancedZones) : undefined
  const movable = starts.length > 0 ? [] : keepers.filter((task) => move?.from.has(zoneOf(task)))
  return {
    is,
    mayStart: group.mayStart,
    throttledUntil: isThrottled ? group.throttledUntil : undefined,
    need,
    unplacedCount: group.isPlacementBlocked ? need : 0,
    keepers,
    leftover: [...leaving, ...(excess > 0 ? keepers : [])],
    keptCount: seen.keptCount,
    stoppingCount,
    shielded: [
      ...leaving.filter(is.isProtected),
      ...shielded(seen, keepers, excess),
      ...shielded(seen, movable, Math.min(1, movable.length)),
    ],
    isHealthAwaited: move !== undefined,
    isMoving: starts.length > 0 || stops.size > 0,
  }
}

/** The protected among the tasks, where the others are not enough to go. */
const shielded = ({ is }: ReplicaSighting, tasks: readonly TaskFacts[], count: number): readonly TaskFacts[] => {
  const protectedTasks = tasks.filter(is.isProtected)
  return tasks.length - protectedTasks.length < count ? protectedTasks : []
}
