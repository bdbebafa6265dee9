/**
 * Which tasks go first.
 *
 * AWS: the scheduler keeps the balance over zones: it takes from the zone with the most tasks of the service, and there from the
 * container instance with the most. Source: "Update Amazon ECS service parameters" in the developer guide. It says nothing of
 * the age of tasks; the youngest go first here, as what has run longest is the best proven. Tasks that serve nobody yet go before all.
 */
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

/** A candidate with the counters that it shares with others: choosing among a thousand has to be cheap. */
interface Ranked {
  readonly task: TaskFacts
  /** The more, the more is lost with it. */
  readonly service: number
  readonly zone: Counter
  readonly instance: Counter
  /** More than 0: its provider is ahead. */
  readonly provider: Counter
}

interface Counter {
  count: number
}

/** The candidates that go, in the order in which they go; all of them if there are not more than `count`. */
export const scaleInOrder = (scaleIn: ScaleIn, count: number): readonly TaskFacts[] => {
  const left = new Set(rank(scaleIn))
  const victims: TaskFacts[] = []
  while (victims.length < count) {
    const victim = firstOf(left)
    if (victim === undefined) break
    left.delete(victim)
    victims.push(victim.task)
    for (const counter of [victim.zone, victim.instance, victim.provider]) counter.count -= 1
  }
  return victims
}

const rank = ({ candidates, counted, leads, is }: ScaleIn): readonly Ranked[] => {
  const zone = counters(countBy(counted, zoneOf))
  const instance = counters(countBy(counted, instanceOf))
  const provider = counters(leads)
  return candidates.map((task) => ({
    task,
    service: [task.status === 'running', is.isAvailable(task), is.isHealthy(task)].filter(Boolean).length,
    zone: zone(zoneOf(task)),
    instance: instance(instanceOf(task)),
    provider: provider(providerOf(task)),
  }))
}

const instanceOf = ({ containerInstanceId = '' }: TaskFacts): string => containerInstanceId

const counters = (counts: ReadonlyMap<string, number>): ((key: string) => Counter) => {
  const made = new Map([...counts].map(([key, count]) => [key, { count }]))
  return (key) => made.get(key) ?? { count: 0 }
}

const firstOf = (left: ReadonlySet<Ranked>): Ranked | undefined => {
  let first: Ranked | undefined
  for (const task of left) if (first === undefined || compare(task, first) < 0) first = task
  return first
}

const compare = (one: Ranked, other: Ranked): number =>
  Number(other.provider.count > 0) - Number(one.provider.count > 0) ||
  one.service - other.service ||
  other.zone.count - one.zone.count ||
  other.instance.count - one.instance.count ||
  byYouth(one.task, other.task)
