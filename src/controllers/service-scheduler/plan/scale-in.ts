/**
 * Which tasks go first.
 *
 * AWS: the scheduler keeps the balance over zones: it takes from the zone with the most tasks of the service, and there from the
 * container instance with the most. Source: "Update Amazon ECS service parameters" in the developer guide. It says nothing of
 * the age of tasks; the youngest go first here, as what has run longest is the best proven. Tasks that serve nobody yet go before all.
 */
import { defined } from '../../../kit/assert.ts'
import { Heap } from '../../../kit/heap.ts'
import { providerOf } from './provider-shares.ts'
import type { TaskNotions } from './task-notions.ts'
import type { TaskFacts } from './types.ts'
import { byYouth, countBy, zoneOf } from './zones.ts'

export interface ScaleIn {
  /** Of them victims are chosen. */
  readonly candidates: readonly TaskFacts[]
  /** All that count for the balance over zones and instances, the candidates included. */
  readonly counted: readonly TaskFacts[]
  /** Tasks that each capacity provider has more than its share; those ahead give first. */
  readonly leads: ReadonlyMap<string, number>
  readonly is: TaskNotions
}

/** Candidates between which only their instances and their ages decide. */
interface Cell {
  /** More than 0: the provider is ahead. */
  readonly provider: Counter
  /** The more, the more is lost with each of them. */
  readonly service: number
  readonly zone: Counter
  readonly lanes: Heap<Lane>
}

/** The candidates of a cell that are on one instance. */
interface Lane {
  readonly instance: Counter
  /** What the instance counted when the lane was put in its place: it counts less since tasks of other cells went. */
  countThen: number
  /** The youngest last. */
  readonly tasks: TaskFacts[]
}

interface Counter {
  count: number
}

/** The candidates that go, in the order in which they go; all of them if there are not more than `count`. */
export const scaleInOrder = (scaleIn: ScaleIn, count: number): readonly TaskFacts[] => {
  if (count <= 0) return []
  const cells = new Set(cellsOf(scaleIn))
  const victims: TaskFacts[] = []
  while (victims.length < count) {
    const cell = firstOf(cells)
    if (cell === undefined) break
    victims.push(take(cell))
    if (cell.lanes.first === undefined) cells.delete(cell)
  }
  return victims
}

const cellsOf = ({ candidates, counted, leads, is }: ScaleIn): readonly Cell[] => {
  const zone = counters(countBy(counted, zoneOf))
  const instance = counters(countBy(counted, instanceOf))
  const provider = counters(leads)
  const serviceOf = (task: TaskFacts): number =>
    [task.status === 'running', is.isAvailable(task), is.isHealthy(task)].filter(Boolean).length
  const cellOf = (task: TaskFacts): string => JSON.stringify([providerOf(task), serviceOf(task), zoneOf(task)])
  return [...Map.groupBy(candidates.toSorted(byYouth).toReversed(), cellOf).values()].map((tasks): Cell => {
    const [any] = tasks as [TaskFacts]
    const lanes = new Heap<Lane>(isBefore)
    for (const [id, lane] of Map.groupBy(tasks, instanceOf))
      lanes.add({ instance: instance(id), countThen: instance(id).count, tasks: lane })
    return { provider: provider(providerOf(any)), service: serviceOf(any), zone: zone(zoneOf(any)), lanes }
  })
}

const instanceOf = ({ containerInstanceId = '' }: TaskFacts): string => containerInstanceId

/** One counter for each key. */
const counters = (counts: ReadonlyMap<string, number>): ((key: string) => Counter) => {
  const made = new Map([...counts].map(([key, count]) => [key, { count }]))
  return (key) => made.get(key) ?? { count: 0 }
}

const firstOf = (cells: ReadonlySet<Cell>): Cell | undefined => {
  let first: Cell | undefined
  for (const cell of cells) if (first === undefined || compare(cell, first) < 0) first = cell
  return first
}

const compare = (one: Cell, other: Cell): number =>
  Number(other.provider.count > 0) - Number(one.provider.count > 0) ||
  one.service - other.service ||
  other.zone.count - one.zone.count ||
  compareLanes(firstLane(one), firstLane(other))

const compareLanes = (one: Lane, other: Lane): number =>
  other.countThen - one.countThen || byYouth(youngest(one), youngest(other))

const isBefore = (one: Lane, other: Lane): boolean => compareLanes(one, other) < 0

const youngest = ({ tasks }: Lane): TaskFacts => defined(tasks.at(-1), 'a task in a lane')

/** Counts only fall, so that a lane that is first by what its instance counts now is first. */
const firstLane = ({ lanes }: Cell): Lane => {
  for (;;) {
    const lane = defined(lanes.first, 'a lane in a cell')
    if (lane.countThen === lane.instance.count) return lane
    lanes.removeFirst()
    lane.countThen = lane.instance.count
    lanes.add(lane)
  }
}

const take = (cell: Cell): TaskFacts => {
  const lane = firstLane(cell)
  const task = youngest(lane)
  cell.lanes.removeFirst()
  lane.tasks.pop()
  for (const counter of [cell.zone, lane.instance, cell.provider]) counter.count -= 1
  lane.countThen = lane.instance.count
  if (lane.tasks.length > 0) cell.lanes.add(lane)
  return task
}
