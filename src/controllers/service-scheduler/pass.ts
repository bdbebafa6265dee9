/**
 * One look at a service, in one transaction: take note of what ended, see what there is, let the deployments take their step, and carry
 * out what follows for the tasks. Everything is read afresh, so that it does not matter how often or when it is done.
 */
import type { Transaction } from '../../store/tables.ts'
import { carryOutGroup, type CarriedOut } from './carry-out.ts'
import { awayInstances, qualifyingInstances } from './daemon-instances.ts'
import { earliest } from './earliest.ts'
import { endService } from './end-service.ts'
import { observeTasks, type Observation } from './observe.ts'
import { getHolder, type PassContext, type PassSettings } from './pass-context.ts'
import type { RememberedPlan } from './plan-memory.ts'
import { ServiceEvents } from './service-events.ts'
import { noteRunningTasks, settleEndedTasks } from './settle.ts'
import { Starts } from './starts.ts'
import { recordSteadiness } from './steady-state.ts'
import { type ServiceStep, stepDeployments } from './step-deployments.ts'
import { stepTaskSets } from './step-task-sets.ts'
import { carryOutStops } from './stops.ts'
import { keepTargets } from './targets/keep-targets.ts'
import { RuleTraffic } from './targets/rule-traffic.ts'

export interface PassOutcome {
  /** There is more to do, now, in another transaction. */
  readonly isUnfinished: boolean
  readonly startedCount: number
  readonly stoppedCount: number
  /** Tasks found no place: another instance, or room on one, would change that. */
  readonly isBlocked: boolean
  /** Time alone may change something then. */
  readonly againAt?: number | undefined
  readonly plan?: RememberedPlan
}

/** Balancers that are waited for may be given up, of which nobody hears. */
const BALANCERS_MS = 5000

const NOTHING: PassOutcome = { isUnfinished: false, startedCount: 0, stoppedCount: 0, isBlocked: false }

export const takePass = (tx: Transaction, serviceArn: string, settings: PassSettings, now: number): PassOutcome => {
  const service = tx.services.get(serviceArn)
  if (service === undefined || service.status === 'INACTIVE') return NOTHING
  const events = new ServiceEvents({ tx, ids: settings.ids, service, now })
  const traffic = new RuleTraffic(tx, settings.servedRules)
  const context: PassContext = { ...settings, tx, service, events, traffic, now }
  settleEndedTasks(context)
  const placesAgainAt = keepTargets(context)
  if (service.status === 'DRAINING') return { ...NOTHING, ...endService(context) }
  const outcome = takeStep(service.schedulingStrategy === 'DAEMON' ? withDesiredCount(context) : context)
  const balancersAgainAt = outcome.plan?.awaitsBalancers ? now + BALANCERS_MS : undefined
  return { ...outcome, againAt: earliest(outcome.againAt, placesAgainAt, balancersAgainAt) }
}

/** A DAEMON service is to have a task for every instance that qualifies; one whose agent is away for a moment still does. */
const withDesiredCount = (context: PassContext): PassContext => {
  const { tx, service } = context
  const primary = tx.deployments.find('byService', service.serviceArn).find(({ status }) => status === 'PRIMARY')
  const holder = primary && getHolder(context, primary.deploymentId)
  const desiredCount =
    holder === undefined ? 0 : qualifyingInstances(context, holder).length + awayInstances(context).size
  if (desiredCount === service.desiredCount) return context
  return { ...context, service: tx.services.update(service.serviceArn, { desiredCount }) }
}

const takeStep = (context: PassContext): PassOutcome => {
  const observation = observeTasks(context)
  noteRunningTasks(context, observation)
  stopOrphans(context, observation)
  const isExternal = context.service.deploymentController === 'EXTERNAL'
  const step = isExternal ? stepTaskSets(context, observation) : stepDeployments(context, observation)
  const starts = new Starts(context)
  // What is left behind counts once.
  const seenBy = (index: number): Observation => (index === 0 ? observation : { ...observation, leftBehind: [] })
  const carried = step.groups.flatMap((target, index) => carryOutGroup(context, seenBy(index), target, starts) ?? [])
  const isAtRest = carried.every((group) => group.isAtRest)
  const isSteady = step.isSteady && isAtRest
  recordSteadiness(context, isSteady, isAtRest && observation.isUnclear)
  return outcome(context, observation, step, starts, carried, isSteady)
}

/** Tasks of a former service of that name. */
const stopOrphans = (context: PassContext, { orphans }: Observation): void => {
  const stops = orphans.map(
    ({ taskId, startedBy = '' }) => ({ taskId, holderId: startedBy, reason: 'orphaned' }) as const,
  )
  carryOutStops(context, stops)
}

const outcome = (
  { traffic: { awaitsBalancers }, now }: PassContext,
  { againAt: seenAgainAt, awaitedTargets }: Observation,
  { rolloutStage, againAt: stepAgainAt }: ServiceStep,
  { isUnfinished, startedCount }: Starts,
  carried: readonly CarriedOut[],
  isSteady: boolean,
): PassOutcome => {
  const groups = carried.map(({ remembered }) => remembered)
  const againAt = earliest(seenAgainAt, stepAgainAt, ...groups.map(({ plan }) => plan.againAt))
  return {
    isUnfinished: isUnfinished || carried.some((group) => group.isUnfinished),
    startedCount,
    stoppedCount: carried.reduce((total, { stoppedCount }) => total + stoppedCount, 0),
    isBlocked: carried.some(({ isBlocked }) => isBlocked),
    againAt,
    plan: {
      at: now,
      groups,
      isSteady,
      ...(awaitedTargets.length > 0 && { awaitedTargets }),
      ...(awaitsBalancers && { awaitsBalancers }),
      ...(rolloutStage === undefined ? {} : { rolloutStage }),
      ...(againAt === undefined ? {} : { againAt }),
    },
  }
}
