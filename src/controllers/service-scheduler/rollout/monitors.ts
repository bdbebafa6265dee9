/**
 * What watches a deployment: the circuit breaker counts tasks that fail to start, alarms are watched while the deployment's tasks run and
 * for a bake time after. Sources: "How the Amazon ECS deployment circuit breaker detects failures" and "How CloudWatch alarms detect
 * Amazon ECS deployment failures" in the developer guide.
 */
import { failureThreshold } from '../../../model/circuit-breaker.ts'
import type { ServiceDeploymentRecord } from '../../../model/service-records.ts'
import { countsOf, primaryOf } from './facts.ts'
import type { Failure } from './roll-back.ts'
import type { Rule } from './transition.ts'
import type { RolloutState } from './types.ts'

type MonitorStatus = ServiceDeploymentRecord['circuitBreaker']['status']
type Monitors = Partial<Pick<ServiceDeploymentRecord, 'circuitBreaker' | 'alarms'>>

const MS_PER_MINUTE = 60_000

/** AWS: computed from the alarms' periods, in a way that is not documented. */
const ALARM_BAKE_MINUTES = 5

/** How long a deployment is watched after all of its tasks run. AWS: a rolling deployment is if it has alarms, without being told to. */
export const bakeTimeMs = ({ deploymentConfiguration, alarms }: ServiceDeploymentRecord): number => {
  const { bakeTimeInMinutes = 0, strategy } = deploymentConfiguration
  const isWatched = strategy === 'ROLLING' && alarms?.status === 'MONITORING'
  return MS_PER_MINUTE * (bakeTimeInMinutes === 0 && isWatched ? ALARM_BAKE_MINUTES : bakeTimeInMinutes)
}

/**
 * The alarms as a deployment begins with them.
 * AWS: one that is in ALARM already makes the deployment go unwatched, so that the cure of a failure can be deployed.
 */
export const alarmsAtBegin = (
  { alarms: states, service }: RolloutState,
  { alarms }: ServiceDeploymentRecord,
): Monitors => {
  if (alarms?.status !== 'MONITORING') return {}
  const isRinging = states.inAlarm(alarms.alarmNames, service.serviceArn).length > 0
  return isRinging ? { alarms: { ...alarms, status: 'DISABLED' } } : {}
}

/** Monitors that were watching have seen it through. */
export const seenThrough = ({ circuitBreaker, alarms }: ServiceDeploymentRecord): Monitors => ({
  circuitBreaker: { ...circuitBreaker, status: ended(circuitBreaker.status) },
  ...(alarms === undefined ? {} : { alarms: { ...alarms, status: ended(alarms.status) } }),
})

const ended = (status: MonitorStatus): MonitorStatus => (status === 'MONITORING' ? 'MONITORING_COMPLETE' : status)

/** Failures at which the breaker trips now: it follows the service's desired count. */
export const thresholdNow = ({ service }: RolloutState, { deploymentConfiguration }: ServiceDeploymentRecord): number =>
  failureThreshold(deploymentConfiguration.deploymentCircuitBreaker, service.desiredCount)

/** Keeps the breaker's count and threshold up with what is the case. */
export const countFailures: Rule = (state) => {
  const { serviceDeployment, now } = state
  const failureCount = primaryOf(state)?.failedTasks
  if (serviceDeployment?.status !== 'IN_PROGRESS' || failureCount === undefined) return undefined
  const { circuitBreaker } = serviceDeployment
  const threshold = thresholdNow(state, serviceDeployment)
  if (circuitBreaker.status !== 'MONITORING') return undefined
  if (circuitBreaker.failureCount === failureCount && circuitBreaker.threshold === threshold) return undefined
  const counted = { ...circuitBreaker, failureCount, threshold }
  return { serviceDeployment: { ...serviceDeployment, circuitBreaker: counted, updatedAt: now } }
}

export const breakerFailure = ({ serviceDeployment }: RolloutState): Failure | undefined => {
  if (serviceDeployment === undefined) return undefined
  const { circuitBreaker, deploymentConfiguration } = serviceDeployment
  if (circuitBreaker.status !== 'MONITORING' || circuitBreaker.failureCount < circuitBreaker.threshold) return undefined
  return {
    observer: 'ECS deployment circuit breaker',
    what: 'tasks failed to start.',
    because: 'the circuit breaker threshold was exceeded.',
    outcome: deploymentConfiguration.deploymentCircuitBreaker?.rollback === true ? 'rolled back' : 'failed',
    monitors: { circuitBreaker: { ...circuitBreaker, status: 'TRIGGERED' } },
  }
}

/** AWS: alarms are watched once a task of the new deployment runs; before, they cannot be about it. */
export const alarmFailure = (state: RolloutState): Failure | undefined => {
  const { serviceDeployment, service } = state
  const primary = primaryOf(state)
  const alarms = serviceDeployment?.alarms
  if (alarms?.status !== 'MONITORING' || primary === undefined || countsOf(state, primary).running === 0)
    return undefined
  const triggeredAlarmNames = state.alarms.inAlarm(alarms.alarmNames, service.serviceArn)
  if (triggeredAlarmNames.length === 0) return undefined
  return {
    observer: 'ECS deployment alarms',
    what: 'alarm detected.',
    because: `of alarms in the ALARM state: ${triggeredAlarmNames.join(', ')}.`,
    outcome: serviceDeployment?.deploymentConfiguration.alarms?.rollback === true ? 'rolled back' : 'failed',
    monitors: { alarms: { ...alarms, status: 'TRIGGERED', triggeredAlarmNames } },
  }
}
