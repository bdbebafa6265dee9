/** What balancers say of the targets that a task is. */
import type { TargetHealthReport } from '../../../model/load-balancing/messages.ts'
import type { TargetRecord } from '../../../model/load-balancing/records.ts'
import type { TaskRecord } from '../../../model/records.ts'
import { revisionOfTask } from '../../../store/revision-of-task.ts'
import type { TargetHealthBook } from '../../../store/load-balancing/target-health-book.ts'
import { targetReport } from '../../../store/load-balancing/target-report.ts'
import type { ReadTables } from '../../../store/tables.ts'
import type { TaskFacts } from '../plan/types.ts'

export interface TargetHealthView {
  readonly tables: Pick<ReadTables, 'targets' | 'targetGroups' | 'loadBalancers'>
  readonly targetHealth: Pick<TargetHealthBook, 'get'>
}

export interface JudgedTarget {
  readonly target: TargetRecord
  /** Undefined: no balancer has said anything yet. */
  readonly report: TargetHealthReport | undefined
}

/** AWS: `unhealthy.draining` is what a target group's fail-over makes of an unhealthy target. */
const UNHEALTHY: ReadonlySet<string | undefined> = new Set(['unhealthy', 'unhealthy.draining'])

export const judgedTargets = ({ tables, targetHealth }: TargetHealthView, taskId: string): readonly JudgedTarget[] =>
  tables.targets
    .find('byTask', taskId)
    .map((target) => ({ target, report: targetReport(tables, targetHealth, target) }))

export const isUnhealthyTarget = ({ report }: JudgedTarget): boolean => UNHEALTHY.has(report?.state)

/**
 * Undefined for a task without load balancers. HEALTHY once all balancers say so of all its targets and their load balancers are served,
 * UNHEALTHY as soon as one says so of one; between that, and while nobody has said anything, it is UNKNOWN.
 */
export const balancerHealth = (
  tables: Pick<ReadTables, 'serviceRevisions'>,
  task: TaskRecord,
  judged: readonly JudgedTarget[],
): TaskFacts['health'] => {
  const { loadBalancers } = revisionOfTask(tables, task) ?? {}
  if (loadBalancers === undefined) return undefined
  // What drains is where a task was before it was registered elsewhere, or soon will be again.
  const current = judged.filter(({ target }) => target.drainingUntil === undefined)
  if (current.some(isUnhealthyTarget)) return 'UNHEALTHY'
  const isComplete = current.length >= loadBalancers.length
  return isComplete && current.every(({ report }) => report?.state === 'healthy') ? 'HEALTHY' : 'UNKNOWN'
}
