/** Why a group is not yet where it should be, and when time alone may change its plan. */
import { isUnhealthy, type TaskNotions } from './task-notions.ts'
import type { Hindrance, TaskFacts, TaskPlan } from './types.ts'

/** What is left of a group once its plan has been carried out. */
export interface Remainder {
  readonly is: TaskNotions
  readonly mayStart: boolean
  /** In the future. */
  readonly throttledUntil: number | undefined
  /** Tasks that the holder lacks, those that the plan starts included. */
  readonly need: number
  /** Of them those that found no room the last time. */
  readonly unplacedCount: number
  /** Tasks of the holder that stay. */
  readonly keepers: readonly TaskFacts[]
  /** Tasks that are to go, and do not go yet. */
  readonly leftover: readonly TaskFacts[]
  /** Tasks that a deployment that failed leaves where they are. */
  readonly keptCount: number
  readonly stoppingCount: number
  /** Tasks that would go if they were not protected. */
  readonly shielded: readonly TaskFacts[]
  /** More is to come once all keepers are healthy. */
  readonly isHealthAwaited: boolean
  readonly isMoving: boolean
}

export const explain = (remainder: Remainder): Pick<TaskPlan, 'hindrances' | 'againAt'> => {
  const hindrances = [
    ...startHindrances(remainder),
    ...waitingForTasks(remainder),
    ...waitingForHealth(remainder),
    ...protection(remainder),
  ]
  const { need, leftover, isMoving } = remainder
  if (hindrances.length === 0 && !isMoving && (need > 0 || leftover.length > 0)) hindrances.push({ kind: 'deadlock' })
  const times = [...timesOf(hindrances), ...unsettled(remainder).flatMap((task) => remainder.is.settlesAt(task) ?? [])]
  return { hindrances, ...(times.length === 0 ? {} : { againAt: times.reduce((one, other) => Math.min(one, other)) }) }
}

const startHindrances = ({ mayStart, throttledUntil, need, unplacedCount, keptCount }: Remainder): Hindrance[] => {
  if (!mayStart) return need > 0 || keptCount > 0 ? [{ kind: 'failed' }] : []
  if (need === 0) return []
  if (throttledUntil !== undefined) return [{ kind: 'throttled', until: throttledUntil }]
  return unplacedCount > 0 ? [{ kind: 'placement', missing: unplacedCount }] : []
}

const waitingForTasks = ({ keepers, stoppingCount }: Remainder): Hindrance[] => {
  const startingCount = keepers.filter(({ status }) => status === 'starting').length
  return [
    ...(startingCount > 0 ? [{ kind: 'waitingForStarting' as const, count: startingCount }] : []),
    ...(stoppingCount > 0 ? [{ kind: 'waitingForStopping' as const, count: stoppingCount }] : []),
  ]
}

const waitingForHealth = (remainder: Remainder): Hindrance[] => {
  const tasks = unsettled(remainder)
  if (tasks.length === 0) return []
  const until = tasks
    .flatMap((task) => remainder.is.settlesAt(task) ?? [])
    .reduce((one, other) => Math.max(one, other), 0)
  return [{ kind: 'waitingForHealthy', count: tasks.length, ...(until === 0 ? {} : { until }) }]
}

/** Without a health check a task is waited for only where something depends on it. */
const unsettled = ({ keepers, leftover, isHealthAwaited, is }: Remainder): readonly TaskFacts[] =>
  [...new Set([...keepers, ...leftover])].filter((task) => {
    if (task.status !== 'running' || is.isHealthy(task) || isUnhealthy(task)) return false
    return leftover.length > 0 || isHealthAwaited || task.health !== undefined
  })

const protection = ({ shielded }: Remainder): Hindrance[] => {
  const times = shielded.flatMap(({ protectedUntil }) => protectedUntil ?? [])
  if (times.length === 0) return []
  return [{ kind: 'protected', count: times.length, until: times.reduce((one, other) => Math.min(one, other)) }]
}

const timesOf = (hindrances: readonly Hindrance[]): readonly number[] =>
  hindrances.flatMap((hindrance) =>
    hindrance.kind === 'throttled' || hindrance.kind === 'protected' ? [hindrance.until] : [],
  )
