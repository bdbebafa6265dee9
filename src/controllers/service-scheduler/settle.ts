/**
 * Takes note of what became of a service's tasks: failed starts and failed health checks are counted, once each, in the transaction that
 * marks their tasks; a task that runs ends a row of failures.
 *
 * Source: "How the Amazon ECS deployment circuit breaker detects failures" and "Service throttle logic" in the developer guide,
 * DeploymentCircuitBreaker in the API reference.
 */
import type { TaskRecord } from '../../model/records.ts'
import type { DeploymentRecord, StartFailures } from '../../model/service-records.ts'
import { serviceTasksKey } from '../../store/tables.ts'
import type { Observation } from './observe.ts'
import { getHolder, type PassContext } from './pass-context.ts'
import { afterFailedStart, isFailedStart, isHealthFailure } from './plan/start-failures.ts'
import { serviceAction } from './service-events.ts'
import { TROUBLESHOOTING } from './placement-words.ts'
import { deregisterTargets } from './targets/keep-targets.ts'

/** Who ends sooner has hardly run. */
const SHORT_RUN_MS = 2000

export const settleEndedTasks = (context: PassContext): void => {
  const { tx, service } = context
  const ended = tx.tasks.find('unsettledByService', serviceTasksKey(service.clusterArn, service.serviceName))
  // Of those that ended by themselves.
  deregisterTargets(context, ended)
  for (const task of ended.toSorted((one, other) => (one.stoppedAt ?? 0) - (other.stoppedAt ?? 0))) {
    settle(context, task)
    tx.tasks.update(task.taskId, { isSettled: true })
  }
}

const settle = (context: PassContext, task: TaskRecord): void => {
  const holder = getHolder(context, task.startedBy)
  if (holder === undefined) return
  const { stoppedAt = context.now, startedAt } = task
  if (startedAt !== undefined) noteRun(context, holder.holderId, startedAt, stoppedAt)
  if (isFailedStart(task)) {
    noteFailedStart(context, holder.holderId, stoppedAt)
    countFailure(context, holder.holderId, 'start', stoppedAt)
  } else if (isHealthFailure(task)) countFailure(context, holder.holderId, 'health', stoppedAt)
  else if (endedAtOnce(task)) noteFailedStart(context, holder.holderId, stoppedAt)
}

/**
 * AWS: tasks that were RUNNING are never throttled, but nothing is as quick there. Here, tasks that end as soon as they run would be
 * replaced many times a second for ever.
 */
const endedAtOnce = ({ stopCode, startedAt = 0, stoppedAt = 0 }: TaskRecord): boolean =>
  stopCode === 'EssentialContainerExited' && stoppedAt - startedAt < SHORT_RUN_MS

/** What the tasks that run now tell of their deployment. */
export const noteRunningTasks = (context: PassContext, { factsByHolder }: Observation): void => {
  for (const [holderId, facts] of factsByHolder) {
    let [startedAt, healthySince] = [0, 0]
    for (const task of facts) {
      if (task.startedAt === undefined) continue
      startedAt = Math.max(startedAt, task.startedAt)
      if (task.status === 'running' && (task.health === undefined || task.health === 'HEALTHY'))
        healthySince = Math.max(healthySince, task.startedAt)
    }
    if (startedAt > 0) noteRun(context, holderId, startedAt, context.now)
    if (healthySince > 0) noteHealthy(context, holderId, healthySince)
  }
}

/** A task of the holder was RUNNING for that time. */
const noteRun = (context: PassContext, holderId: string, startedAt: number, until: number): void => {
  const { startFailures } = getHolder(context, holderId) ?? {}
  const endsRow = startFailures !== undefined && startedAt > startFailures.lastAt && until - startedAt >= SHORT_RUN_MS
  if (endsRow) setStartFailures(context, holderId, undefined)
  const deployment = context.tx.deployments.get(holderId)
  if (deployment === undefined || deployment.hasRun) return
  const failedTasks = isForgiving(context) ? 0 : deployment.failedTasks
  context.tx.deployments.update(holderId, { hasRun: true, failedTasks, updatedAt: context.now })
}

/** A healthy task that was started since the last failure means that new tasks can do well. */
const noteHealthy = (context: PassContext, holderId: string, startedAt: number): void => {
  const deployment = context.tx.deployments.get(holderId)
  if (!isCounting(deployment) || deployment.failedTasks === 0) return
  if (isForgiving(context) && startedAt > (deployment.failedAt ?? 0))
    context.tx.deployments.update(holderId, { failedTasks: 0, updatedAt: context.now })
}

const isForgiving = ({ service }: PassContext): boolean =>
  service.deploymentConfiguration.deploymentCircuitBreaker?.resetOnHealthyTask !== false

const isCounting = (deployment: DeploymentRecord | undefined): deployment is DeploymentRecord =>
  deployment?.rolloutState === 'IN_PROGRESS'

/** AWS: once a task has been RUNNING, failed starts do not count any more; failed health checks do. */
const countFailure = (context: PassContext, holderId: string, kind: 'start' | 'health', endedAt: number): void => {
  const deployment = context.tx.deployments.get(holderId)
  if (!isCounting(deployment)) return
  if (kind === 'start' && deployment.hasRun && isForgiving(context)) return
  const failedAt = Math.max(deployment.failedAt ?? 0, endedAt)
  context.tx.deployments.update(holderId, {
    failedTasks: deployment.failedTasks + 1,
    failedAt,
    updatedAt: context.now,
  })
}

const noteFailedStart = (context: PassContext, holderId: string, stoppedAt: number): void => {
  const before = getHolder(context, holderId)?.startFailures
  const failures = afterFailedStart(before, stoppedAt)
  const isNews = failures.throttledUntil !== undefined && failures.isAnnounced !== true
  setStartFailures(context, holderId, isNews ? { ...failures, isAnnounced: true } : failures)
  if (isNews) {
    const action = serviceAction('WARN', 'SERVICE_TASK_START_IMPAIRED')
    context.events.say(`is unable to consistently start tasks successfully. ${TROUBLESHOOTING}`, action, holderId)
  }
}

const setStartFailures = (
  { tx, now }: PassContext,
  holderId: string,
  startFailures: StartFailures | undefined,
): void => {
  const patch = { startFailures, updatedAt: now }
  if (tx.deployments.has(holderId)) tx.deployments.update(holderId, patch)
  else tx.taskSets.update(holderId, patch)
}
