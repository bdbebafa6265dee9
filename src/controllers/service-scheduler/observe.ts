/** What there is of a service, read afresh from the store: its tasks by the deployment or task set that holds them. */
import { lastCompleted } from '../../model/completed-revision.ts'
import type { TaskRecord } from '../../model/records.ts'
import { isOver } from '../../model/new-deployment.ts'
import type { ServiceDeploymentRecord, ServiceRecord, ServiceRevisionRecord } from '../../model/service-records.ts'
import { serviceTasksKey } from '../../store/tables.ts'
import { earliest } from './earliest.ts'
import { getHolder, type PassContext } from './pass-context.ts'
import type { TaskFacts } from './plan/types.ts'
import type { RolloutState, TaskCounts } from './rollout/types.ts'
import { gatherTraffic } from './targets/gather-traffic.ts'
import { hasLoadBalancers } from './targets/keep-targets.ts'
import type { AwaitedTarget } from './plan-memory.ts'
import { AwaitedTargets } from './targets/awaited-targets.ts'
import { balancerHealth, judgedTargets } from './targets/target-health.ts'
import { countTasks, factsChangeAt, type FactsView, taskFacts } from './task-facts.ts'

export interface Observation {
  readonly factsByHolder: ReadonlyMap<string, readonly TaskFacts[]>
  readonly counts: ReadonlyMap<string, TaskCounts>
  /** Tasks to run that no deployment or task set of the service holds. */
  readonly orphans: readonly TaskRecord[]
  /** Tasks that are stopping, of deployments that are gone: their host was lost, and came back. */
  readonly leftBehind: readonly TaskFacts[]
  /** Of some target no balancer has said yet how it is. */
  readonly isUnclear: boolean
  /** Targets that keep tasks from counting as healthy, the first of them. */
  readonly awaitedTargets: readonly AwaitedTarget[]
  /** When time alone changes what there is. */
  readonly againAt?: number
}

export const observeTasks = (context: PassContext): Observation => {
  const { tx, service, instanceLossGraceMs, targetHealth, now } = context
  const { healthCheckGracePeriodSeconds = 0 } = service
  const awaited = new AwaitedTargets()
  const isOffTraffic = gatherTraffic(context)
  const judge = (task: TaskRecord): TaskFacts['health'] => {
    const judged = judgedTargets({ tables: tx, targetHealth }, task.taskId)
    isUnclear ||= judged.some(({ report }) => report === undefined)
    awaited.add(judged)
    const health = balancerHealth(tx, task, judged)
    return health === 'HEALTHY' && isOffTraffic(task) ? 'UNKNOWN' : health
  }
  const view: FactsView = {
    tables: tx,
    now,
    graceMs: healthCheckGracePeriodSeconds * 1000,
    instanceLossGraceMs,
    ...(hasLoadBalancers(context) && { balancerHealth: judge }),
  }
  const factsByHolder = new Map<string, TaskFacts[]>()
  const orphans: TaskRecord[] = []
  const leftBehind: TaskFacts[] = []
  let [isUnclear, againAt] = [false, undefined as number | undefined]
  for (const task of tx.tasks.iterate('activeByService', serviceTasksKey(service.clusterArn, service.serviceName))) {
    const held = factsByHolder.get(task.startedBy ?? '') ?? newHolder(context, task, factsByHolder)
    const facts = taskFacts(task, view)
    if (held === undefined && task.desiredStatus === 'RUNNING') orphans.push(task)
    else if (facts !== undefined && (held !== undefined || isOfThis(service, task))) (held ?? leftBehind).push(facts)
    againAt = earliest(againAt, factsChangeAt(task, view))
  }
  const counts = new Map([...factsByHolder].map(([holderId, facts]) => [holderId, countTasks(facts)]))
  return {
    factsByHolder,
    counts,
    orphans,
    leftBehind,
    isUnclear,
    awaitedTargets: awaited.toArray(),
    ...(againAt === undefined ? {} : { againAt }),
  }
}

/** Tasks of a former service of that name are none of its business once they were asked to stop. */
const isOfThis = (service: ServiceRecord, task: TaskRecord): boolean => task.createdAt >= service.createdAt

/** The list for tasks of a holder that is seen first; undefined if the service does not have it. */
const newHolder = (
  context: PassContext,
  { startedBy }: TaskRecord,
  factsByHolder: Map<string, TaskFacts[]>,
): TaskFacts[] | undefined => {
  const holder = getHolder(context, startedBy)
  if (holder === undefined) return undefined
  const facts: TaskFacts[] = []
  factsByHolder.set(holder.holderId, facts)
  return facts
}

export const rolloutState = (context: PassContext, { counts }: Observation): RolloutState => {
  const { tx, service, alarms, traffic, now } = context
  const serviceDeployment = tx.serviceDeployments.get(service.currentServiceDeploymentArn ?? '')
  return {
    service,
    deployments: tx.deployments.find('byService', service.serviceArn),
    counts,
    serviceDeployment,
    lastCompletedRevision: lastCompletedRevision(context, serviceDeployment),
    alarms,
    traffic,
    now,
  }
}

/** Where a roll-back would lead. Only a deployment under way can need it. */
const lastCompletedRevision = (
  { tx, service }: PassContext,
  current: ServiceDeploymentRecord | undefined,
): ServiceRevisionRecord | undefined => {
  if (current === undefined || isOver(current)) return undefined
  const arn = lastCompleted(tx.serviceDeployments.iterate('byService', service.serviceArn))?.serviceRevisionArn
  if (arn === undefined || arn === current.targetServiceRevision.serviceRevisionArn) return undefined
  return tx.serviceRevisions.get(arn)
}
