/** Why a service is not, or not yet, where it should be: sentences for operators, made from what the API and the last plan say. Pure. */
import type { Deployment, Service, Task } from '@aws-sdk/client-ecs'
import { deploymentWords } from './deployment-words.ts'
import { lastStartFailure } from './failed-tasks.ts'
import { type Facts, holderOf } from './facts.ts'
import type { Hindrance, LastPlan, PlannedGroup } from './last-plan.ts'
import { placementWords } from './placement-words.ts'
import { targetWords } from './target-words.ts'
import { clockTime, count, duration, isOrAre, listed, shortName, whenDue } from './words.ts'

/** One sentence on where the service is. */
export const headline = ({ now, service, explanation }: Facts): string => {
  const { serviceName, status, runningCount = 0, pendingCount = 0 } = service
  if (status === 'INACTIVE') return `${serviceName} was deleted.`
  if (status === 'DRAINING')
    return `${serviceName} is being deleted: ${count(runningCount, 'task')} of it still ${runningCount === 1 ? 'runs' : 'run'}.`
  if (isSteady(service, explanation))
    return `${serviceName} is steady${since(explanation?.steadySince, now)}: ${inPlace(service)}.`
  const pending = pendingCount === 0 ? '' : `, ${pendingCount} pending`
  return `${serviceName} wants ${wish(service)} and has ${runningCount} running${pending}.`
}

/** As its owner wants it, says the scheduler; or the counts, if it keeps no plans. */
export const isSteady = (service: Service, explanation: Facts['explanation']): boolean =>
  explanation?.plan?.isSteady ?? (explanation?.steadySince !== undefined || hasAllTasks(service))

const hasAllTasks = ({ desiredCount = 0, runningCount = 0, pendingCount = 0, deployments = [] }: Service): boolean =>
  deployments.length <= 1 && pendingCount === 0 && runningCount === desiredCount

const since = (at: number | undefined, now: number): string =>
  at === undefined ? '' : ` since ${clockTime(at, now)} (${duration(now - at)})`

const inPlace = (service: Service): string => {
  if (service.schedulingStrategy === 'DAEMON') return `one task runs on each of its instances (${service.runningCount})`
  const wanted = wantedCount(service)
  if (wanted < 2) return wanted === 0 ? 'it wants no tasks and has none' : 'its task runs'
  return wanted === 2 ? 'both tasks run' : `all ${wanted} tasks run`
}

/** With an EXTERNAL controller it is the task sets that want tasks. */
const wantedCount = ({ deploymentController, desiredCount = 0, taskSets = [] }: Service): number =>
  deploymentController?.type === 'EXTERNAL'
    ? taskSets.reduce((sum, { computedDesiredCount = 0 }) => sum + computedDesiredCount, 0)
    : desiredCount

const wish = (service: Service): string =>
  service.schedulingStrategy === 'DAEMON'
    ? `one task on each of ${count(service.desiredCount ?? 0, 'instance')}`
    : count(wantedCount(service), 'task')

/** What stands in the way; empty for a service that is where it should be. */
export const reasons = (facts: Facts): string[] => {
  const { service, explanation, tasks, now } = facts
  if (service.status === 'INACTIVE' || isSteady(service, explanation)) return []
  const found = explanation?.plan === undefined ? [NOT_LOOKED_AT] : planWords(explanation.plan, facts)
  const starting = tasks.filter(isStarting)
  return found.length === 0 && starting.length > 0 ? [waitingToStart(starting, starting.length, now)] : found
}

const NOT_LOOKED_AT = 'The service scheduler has not looked at it since the server started; ask again in a moment.'

const BALANCERS_BEHIND = 'Rules shift traffic, and not every balancer has said yet that it goes by them.'

/** With several deployments under way each sentence says whose it is. */
const planWords = (plan: LastPlan, facts: Facts): string[] => {
  const groups = plan.groups.map((group) => ({ group, sentences: ofGroup(group, facts) }))
  const isAlone = groups.filter(({ sentences }) => sentences.length > 0).length < 2
  return [
    ...(facts.service.deployments ?? []).flatMap(failedWords),
    ...groups.flatMap(({ group, sentences }) =>
      sentences.map((sentence) => (isAlone ? sentence : `${nameOf(group, facts.service)}: ${sentence}`)),
    ),
    ...targetWords(plan.awaitedTargets),
    ...(plan.awaitsBalancers === true ? [BALANCERS_BEHIND] : []),
    ...(facts.deployment === undefined ? [] : deploymentWords(facts.deployment, plan.againAt, facts.now)),
  ]
}

const nameOf = ({ holderId }: PlannedGroup, service: Service): string =>
  `${holderId} (${shortName(holderOf(service, holderId)?.taskDefinition)})`

const ofGroup = (group: PlannedGroup, facts: Facts): string[] => {
  const hindrances = group.plan.hindrances.filter(
    (hindrance): hindrance is GroupHindrance => hindrance.kind !== 'failed',
  )
  const words = hindrances.map((hindrance) => hindranceWords(hindrance, group, facts))
  const isUnplaced = group.placementFailures.length > 0 && !hindrances.some(({ kind }) => kind === 'placement')
  return [...(isUnplaced ? [unplaced(missingOf(group), group, facts)] : []), ...words]
}

const missingOf = ({ desiredCount, counts }: PlannedGroup): number =>
  Math.max(1, desiredCount - counts.starting - counts.running)

const unplaced = (missing: number, { holderId, placementFailures }: PlannedGroup, facts: Facts): string => {
  const { service, instances, definitions } = facts
  const definition = definitions.get(holderOf(service, holderId)?.taskDefinition ?? '')
  return `${count(missing, 'task')} cannot be placed: ${placementWords(placementFailures, { service, definition, instances })}.`
}

/** That a deployment has failed is told of it as a whole. */
type GroupHindrance = Exclude<Hindrance, { readonly kind: 'failed' }>

const hindranceWords = (hindrance: GroupHindrance, group: PlannedGroup, facts: Facts): string => {
  const { now, service } = facts
  switch (hindrance.kind) {
    case 'placement':
      return unplaced(hindrance.missing, group, facts)
    case 'throttled':
      return throttled(hindrance.until, group, facts)
    case 'deadlock':
      return noRoom(service)
    case 'waitingForStarting':
      return waitingToStart(
        facts.tasks.filter((task) => task.startedBy === group.holderId && isStarting(task)),
        hindrance.count,
        now,
      )
    case 'waitingForHealthy':
      return waitingForHealthy(hindrance.count, hindrance.until, facts)
    case 'waitingForStopping':
      return `Waits for ${count(hindrance.count, 'task')} to stop.`
    case 'protected':
      return `${count(hindrance.count, 'task')} ${isOrAre(hindrance.count)} protected from being stopped${untilWords(hindrance.until, now)}`
  }
}

const untilWords = (until: number, now: number): string =>
  `, until ${clockTime(until, now)} (in ${duration(until - now)}); UpdateTaskProtection can end that.`

const throttled = (until: number, { holderId }: PlannedGroup, { stopped, now }: Facts): string => {
  const cause = lastStartFailure(stopped, holderId)?.replace(/\.$/, '')
  return `Tasks of ${holderId} keep failing to start${cause === undefined ? '' : `: ${cause}`}. The next attempt is ${whenDue(until, now)}.`
}

const noRoom = ({ schedulingStrategy, desiredCount = 0, deploymentConfiguration = {} }: Service): string => {
  const { minimumHealthyPercent = 100, maximumPercent = 200 } = deploymentConfiguration
  const isCounted = schedulingStrategy !== 'DAEMON'
  const least = isCounted ? ` (at least ${Math.ceil((desiredCount * minimumHealthyPercent) / 100)})` : ''
  const most = isCounted ? ` (at most ${Math.floor((desiredCount * maximumPercent) / 100)})` : ''
  return `minimumHealthyPercent ${minimumHealthyPercent}${least} and maximumPercent ${maximumPercent}${most} leave no room to replace a task: raise the maximum or lower the minimum.`
}

const failedWords = ({ id, status, rolloutState, rolloutStateReason }: Deployment): string[] => {
  if (rolloutState !== 'FAILED') return []
  const reason = rolloutStateReason === undefined ? '' : ` (${rolloutStateReason.replace(/\.$/, '')})`
  const remedy = status === 'PRIMARY' ? ' Update the service to try again.' : ''
  return [`The deployment ${id} has failed and starts no more tasks${reason}.${remedy}`]
}

const waitingForHealthy = (number: number, until: number | undefined, { now, service }: Facts): string =>
  until === undefined
    ? `Waits for ${count(number, 'task')} to become HEALTHY: ${judgeOf(service)}.`
    : `Waits for ${count(number, 'task')} to settle: without a health check a task has to run a while before it counts; ${number > 1 ? 'the last is' : 'it is'} there ${until <= now ? 'any moment' : `in ${duration(until - now)}`}.`

const judgeOf = ({ loadBalancers = [] }: Service): string =>
  loadBalancers.length > 0
    ? 'its load balancers and the health checks of its containers, if there are any, decide'
    : 'the health check of a container decides'

const isStarting = ({ lastStatus = '', desiredStatus }: Task): boolean =>
  desiredStatus === 'RUNNING' && ['PROVISIONING', 'PENDING', 'ACTIVATING'].includes(lastStatus)

const waitingToStart = (tasks: readonly Task[], number: number, now: number): string => {
  const phases = [...Map.groupBy(tasks, phaseOf)].map(([phase, group]) => {
    const ages = group.map(({ createdAt }) => duration(now - (createdAt?.getTime() ?? now)))
    return `${group.length} ${phase} for ${new Set(ages).size > 1 ? 'up to ' : ''}${ages[0]}`
  })
  return `Waits for ${count(number, 'task')} to start${phases.length === 0 ? '' : `: ${listed(phases)}`}.`
}

const phaseOf = ({ lastStatus = '', pullStartedAt, pullStoppedAt, containerInstanceArn, launchType }: Task): string => {
  if (lastStatus === 'PROVISIONING') return 'PROVISIONING (waiting for capacity)'
  if (containerInstanceArn === undefined && launchType !== 'FARGATE') return `${lastStatus} (without an instance)`
  if (pullStartedAt !== undefined && pullStoppedAt === undefined) return `${lastStatus} (pulling its image)`
  return lastStatus
}
