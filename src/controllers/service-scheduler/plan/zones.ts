/**
 * Balance over Availability Zones. One task at a time moves from the fullest zone to the emptiest: a new one is started there, and once
 * it is healthy the surplus goes from the fullest. Every move makes the zones more even, so there is an end to it.
 * Source: "Balancing an Amazon ECS service across Availability Zones" in the developer guide.
 */
import { compareText } from './task-notions.ts'
import type { TaskFacts } from './types.ts'

/** Zones are worth a move from this difference on: with less it would only change the names of the zones. */
const IMBALANCE = 2

export const zoneOf = ({ availabilityZone = '' }: TaskFacts): string => availabilityZone

export const countBy = (tasks: readonly TaskFacts[], keyOf: (task: TaskFacts) => string): Map<string, number> => {
  const counts = new Map<string, number>()
  for (const task of tasks) counts.set(keyOf(task), (counts.get(keyOf(task)) ?? 0) + 1)
  return counts
}

export interface ZoneMove {
  /** The fullest; more than one if they are equal. */
  readonly from: ReadonlySet<string>
  readonly to: string
}

/** The move that makes the tasks more even over zones; undefined where they are as even as can be. */
export const zoneMove = (tasks: readonly TaskFacts[], balancedZones: readonly string[]): ZoneMove | undefined => {
  const counts = countBy(tasks, zoneOf)
  const countIn = (zone: string): number => counts.get(zone) ?? 0
  const [to] = balancedZones.toSorted((one, other) => countIn(one) - countIn(other) || compareText(one, other))
  const most = Math.max(0, ...counts.values())
  if (to === undefined || most - countIn(to) < IMBALANCE) return undefined
  return { from: new Set([...counts].flatMap(([zone, count]) => (count === most ? [zone] : []))), to }
}

/** The task that was started for such a move, if the tasks are one too many because of it: the youngest, in an emptiest zone. */
export const moveNewcomer = (tasks: readonly TaskFacts[], balancedZones: readonly string[]): TaskFacts | undefined => {
  const [newcomer] = tasks.toSorted(byYouth)
  if (newcomer === undefined || !balancedZones.includes(zoneOf(newcomer))) return undefined
  const others = tasks.filter((task) => task !== newcomer)
  const move = zoneMove(others, balancedZones)
  if (move === undefined) return undefined
  const counts = countBy(others, zoneOf)
  return (counts.get(zoneOf(newcomer)) ?? 0) === (counts.get(move.to) ?? 0) ? newcomer : undefined
}

export const byYouth = (one: TaskFacts, other: TaskFacts): number =>
  other.createdAt - one.createdAt || compareText(other.taskId, one.taskId)
