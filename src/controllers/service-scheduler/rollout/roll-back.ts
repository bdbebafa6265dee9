/**
 * A deployment that fails: it is rolled back to the revision that completed last, or stays as it is and starts nothing any more.
 * A roll-back that fails itself is not rolled back again.
 */
import { newDeployment } from '../../../model/new-deployment.ts'
import type {
  DeploymentRecord,
  ServiceDeploymentRecord,
  ServiceRevisionRecord,
} from '../../../model/service-records.ts'
import { complete } from './completion.ts'
import { deploymentOfRevision, isAlone, isWhole, primaryOf } from './facts.ts'
import { emptiedGroup, fullGroup, keptGroup } from './groups.ts'
import { alarmFailure, breakerFailure, thresholdNow } from './monitors.ts'
import { hookFailure } from './hooks.ts'
import {
  failedEvent,
  NO_CANDIDATE,
  noCandidateEvent,
  ROLL_BACK_TRIPPED,
  rollingBackEvent,
  rollingBackReason,
} from './texts.ts'
import { isTrafficBack, shiftBack, shiftsTraffic } from './traffic.ts'
import type { Rule, Transition } from './transition.ts'
import type { GroupTarget, RolloutState } from './types.ts'

export interface Failure {
  /** Who saw it; the reasons of the deployments begin so. */
  readonly observer: string
  /** What the deployment's event says of it; without it, what is said of the service deployment. */
  readonly what?: string
  readonly because: string
  readonly outcome: 'rolled back' | 'failed' | 'stopped'
  /** The monitors as they are from then on. */
  readonly monitors?: Partial<Pick<ServiceDeploymentRecord, 'circuitBreaker' | 'alarms'>>
}

/** A failure that was seen, or a stop that was asked for. */
export const failOrStop: Rule = (state) => {
  const failure = failureOf(state)
  return failure === undefined ? undefined : fail(state, failure)
}

const failureOf = (state: RolloutState): Failure | undefined => {
  const status = state.serviceDeployment?.status
  if (status === 'ROLLBACK_REQUESTED') return stopOf('rolled back', 'StopServiceDeployment asked for it.')
  if (status === 'STOP_REQUESTED') return stopOf('stopped', 'StopServiceDeployment asked for it.')
  if (status !== 'IN_PROGRESS') return undefined
  return breakerFailure(state) ?? alarmFailure(state) ?? hookFailure(state)
}

const stopOf = (outcome: Failure['outcome'], because: string): Failure => ({
  observer: 'ECS deployment stop',
  because,
  outcome,
})

const fail = (state: RolloutState, failure: Failure): Transition | undefined => {
  const { serviceDeployment, lastCompletedRevision: target } = state
  const primary = primaryOf(state)
  if (serviceDeployment === undefined || primary === undefined) return undefined
  if (failure.outcome !== 'rolled back') return stall(state, serviceDeployment, primary, failure)
  return target === undefined || target.serviceRevisionArn === primary.serviceRevisionArn
    ? stall(state, serviceDeployment, primary, failure, NO_CANDIDATE)
    : rollBack(state, serviceDeployment, primary, failure, target)
}

/** The deployment starts nothing any more, and what runs goes on running until the service is updated. */
const stall = (
  { service, now }: RolloutState,
  serviceDeployment: ServiceDeploymentRecord,
  primary: DeploymentRecord,
  failure: Failure,
  hindrance?: string,
): Transition => {
  const failed = failedDeployment(primary, failure, now)
  return {
    deployments: [failed],
    serviceDeployment: {
      ...serviceDeployment,
      ...failure.monitors,
      status: hindrance === undefined ? 'STOPPED' : 'ROLLBACK_FAILED',
      statusReason: hindrance ?? reasonOf(failure),
      updatedAt: now,
      ...(hindrance === undefined ? { stoppedAt: now } : {}),
      finishedAt: now,
    },
    events: [
      failedEvent(service, failed, whatOf(failure)),
      ...(hindrance === undefined ? [] : [noCandidateEvent(service, failed)]),
    ],
  }
}

const rollBack = (
  state: RolloutState,
  serviceDeployment: ServiceDeploymentRecord,
  primary: DeploymentRecord,
  failure: Failure,
  revision: ServiceRevisionRecord,
): Transition => {
  const { service, now } = state
  const failed: DeploymentRecord = { ...failedDeployment(primary, failure, now), status: 'ACTIVE' }
  const target = rollBackTarget(state, revision, failure)
  const reason = reasonOf(failure)
  // Traffic that was asked for may yet come about: it counts as back only once the shifter was told so.
  const { productionTrafficPercent: _production, testTrafficPercent: _test, ...rest } = serviceDeployment
  return {
    deployments: [failed, target],
    serviceDeployment: {
      ...rest,
      ...failure.monitors,
      status: 'ROLLBACK_IN_PROGRESS',
      statusReason: reason,
      rollback: { reason, startedAt: now, serviceRevisionArn: revision.serviceRevisionArn },
      updatedAt: now,
    },
    events: [failedEvent(service, failed, whatOf(failure)), rollingBackEvent(service, target)],
  }
}

/** The deployment of the revision, PRIMARY again; it begins anew, its failures of long ago forgotten. */
const rollBackTarget = (
  state: RolloutState,
  { serviceRevisionArn }: ServiceRevisionRecord,
  { observer }: Failure,
): DeploymentRecord => {
  const { service, now } = state
  const known = deploymentOfRevision(state, serviceRevisionArn)
  const { startFailures: _forgotten, ...fresh } = known ?? newDeployment(service.serviceArn, serviceRevisionArn, now)
  return {
    ...fresh,
    status: 'PRIMARY',
    failedTasks: 0,
    hasRun: false,
    rolloutState: 'IN_PROGRESS',
    rolloutStateReason: rollingBackReason(observer, fresh.deploymentId),
    updatedAt: now,
  }
}

const failedDeployment = (primary: DeploymentRecord, failure: Failure, now: number): DeploymentRecord => ({
  ...primary,
  rolloutState: 'FAILED',
  rolloutStateReason: `${failure.observer}: ${whatOf(failure)}`,
  updatedAt: now,
})

const reasonOf = ({ outcome, because }: Failure): string => `Service deployment ${outcome} because ${because}`
const whatOf = (failure: Failure): string => failure.what ?? reasonOf(failure)

/** A roll-back under way: traffic goes back, then the service becomes whole again, or it fails for good. */
export const carryRollBack: Rule = (state) => {
  const { serviceDeployment } = state
  const primary = primaryOf(state)
  if (serviceDeployment?.status !== 'ROLLBACK_IN_PROGRESS' || primary === undefined) return undefined
  if (hasTripped(state, serviceDeployment, primary)) return failRollBack(state, serviceDeployment, primary)
  if (shiftsTraffic(serviceDeployment)) {
    const back = shiftBack(state, primary)
    if (back !== true) return back === false ? undefined : back
  }
  return isWhole(state, primary) && isAlone(state) ? complete(state, primary, 'ROLLBACK_SUCCESSFUL') : undefined
}

/** Where traffic is shifted: what was rolled back keeps its tasks until it has no traffic any more. */
export const rollBackGroups = (state: RolloutState): readonly GroupTarget[] =>
  state.deployments.map((deployment) => {
    if (deployment.status === 'PRIMARY') return fullGroup(state, deployment)
    return isTrafficBack(state) ? emptiedGroup(deployment) : keptGroup(state, deployment)
  })

const hasTripped = (
  state: RolloutState,
  serviceDeployment: ServiceDeploymentRecord,
  primary: DeploymentRecord,
): boolean =>
  serviceDeployment.deploymentConfiguration.deploymentCircuitBreaker?.enable === true &&
  primary.failedTasks >= thresholdNow(state, serviceDeployment)

const failRollBack = (
  { service, now }: RolloutState,
  serviceDeployment: ServiceDeploymentRecord,
  primary: DeploymentRecord,
): Transition => {
  const what = 'tasks failed to start.'
  const failed: DeploymentRecord = {
    ...primary,
    rolloutState: 'FAILED',
    rolloutStateReason: `ECS deployment circuit breaker: ${what}`,
    updatedAt: now,
  }
  return {
    deployments: [failed],
    serviceDeployment: {
      ...serviceDeployment,
      status: 'ROLLBACK_FAILED',
      statusReason: ROLL_BACK_TRIPPED,
      updatedAt: now,
      finishedAt: now,
    },
    events: [failedEvent(service, failed, what)],
  }
}
