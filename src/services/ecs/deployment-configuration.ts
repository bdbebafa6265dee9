/**
 * How a service's deployments go: a request's `deploymentConfiguration` checked, and completed by defaults or by what the service had.
 * Rules: DeploymentConfiguration and the types it holds, in the API reference.
 */
import type { DeploymentAlarms, DeploymentCircuitBreaker, DeploymentConfiguration } from '@aws-sdk/client-ecs'
import { compact } from '../../kit/compact.ts'
import { BAKE_TIME_MINUTES } from '../../model/limits.ts'
import type { ServiceRecord } from '../../model/service-records.ts'
import { ecsEnums, oneOf } from './enums.ts'
import { invalidParameter } from './faults.ts'
import { checkedLifecycleHooks } from './lifecycle-hooks.ts'

type Complete = ServiceRecord['deploymentConfiguration']
type Kind = Pick<ServiceRecord, 'schedulingStrategy' | 'deploymentController'>

const DEFAULTS = {
  REPLICA: { minimumHealthyPercent: 100, maximumPercent: 200 },
  DAEMON: { minimumHealthyPercent: 0, maximumPercent: 100 },
} as const

/** What `given` leaves out stays as it is in `existing`; without that it has its default. */
export const checkedDeploymentConfiguration = (
  given: DeploymentConfiguration,
  kind: Kind,
  existing?: Complete,
): Complete => {
  const strategy = oneOf('strategy', given.strategy ?? existing?.strategy ?? 'ROLLING', ecsEnums.DeploymentStrategy)
  const wanted = {
    ...DEFAULTS[kind.schedulingStrategy],
    bakeTimeInMinutes: 0,
    ...existing,
    ...compact(given),
    strategy,
  }
  checkKind(wanted, kind)
  checkPercents(wanted, kind)
  checkBakeTime('bakeTimeInMinutes', wanted.bakeTimeInMinutes)
  if (strategy === 'BLUE_GREEN' && (given.bakeTimeInMinutes ?? existing?.bakeTimeInMinutes) === undefined)
    throw invalidParameter('bakeTimeInMinutes is required with the BLUE_GREEN deployment strategy.')
  const { linearConfiguration: _linear, canaryConfiguration: _canary, ...common } = wanted
  return compact({
    ...common,
    deploymentCircuitBreaker: checkedCircuitBreaker(wanted.deploymentCircuitBreaker),
    alarms: wanted.alarms && checkedAlarms(wanted.alarms),
    lifecycleHooks: checkedHooks(given, wanted),
    earlySuccessCriteria: checkedEarlySuccess(given, wanted),
    ...checkedSteps(given, wanted),
  })
}

/** Who deploys a service by himself has no use for what ECS's own deployments are configured by. */
const checkKind = (wanted: Complete, { deploymentController, schedulingStrategy }: Kind): void => {
  if (schedulingStrategy === 'DAEMON' && wanted.strategy !== 'ROLLING')
    throw invalidParameter(
      `The daemon scheduling strategy does not support the ${wanted.strategy} deployment strategy. Use ROLLING and try again.`,
    )
  if (deploymentController === 'ECS') return
  const { minimumHealthyPercent, maximumPercent } = DEFAULTS.REPLICA
  const isCustom =
    wanted.minimumHealthyPercent !== minimumHealthyPercent ||
    wanted.maximumPercent !== maximumPercent ||
    wanted.strategy !== 'ROLLING' ||
    wanted.bakeTimeInMinutes !== 0 ||
    wanted.deploymentCircuitBreaker?.enable ||
    wanted.alarms?.enable ||
    wanted.lifecycleHooks?.length ||
    wanted.earlySuccessCriteria?.enable
  if (isCustom) throw invalidParameter('A custom deployment configuration requires the ECS deployment controller.')
}

const checkPercents = ({ minimumHealthyPercent, maximumPercent }: Complete, { schedulingStrategy }: Kind): void => {
  if (minimumHealthyPercent < 0 || minimumHealthyPercent > 100)
    throw invalidParameter('minimumHealthyPercent must be between 0 and 100.')
  if (maximumPercent < 100) throw invalidParameter('maximumPercent must be at least 100.')
  if (schedulingStrategy === 'DAEMON' && maximumPercent > 100)
    throw invalidParameter(
      'The daemon scheduling strategy does not support values above 100 for maximumPercent on a deployment ' +
        'configuration. Change the maximumPercent value to 100, and try again',
    )
  if (minimumHealthyPercent === 100 && maximumPercent === 100)
    throw invalidParameter(
      'Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.',
    )
}

const checkBakeTime = (member: string, minutes: number | undefined): void => {
  if (minutes === undefined || (minutes >= 0 && minutes <= BAKE_TIME_MINUTES)) return
  throw invalidParameter(`${member} must be between 0 and ${BAKE_TIME_MINUTES}.`)
}

const checkedCircuitBreaker = (
  breaker: DeploymentCircuitBreaker = { enable: false, rollback: false },
): DeploymentCircuitBreaker => {
  const { thresholdConfiguration: threshold } = breaker
  if (threshold !== undefined) checkThreshold(threshold)
  return compact({ ...breaker, enable: breaker.enable ?? false, rollback: breaker.rollback ?? false })
}

const checkThreshold = ({ type, value }: NonNullable<DeploymentCircuitBreaker['thresholdConfiguration']>): void => {
  oneOf('thresholdConfiguration.type', type ?? '', ecsEnums.ThresholdType)
  if (value === undefined || !Number.isInteger(value) || value < 1)
    throw invalidParameter('The value of a thresholdConfiguration must be an integer of at least 1.')
}

const checkedAlarms = ({ alarmNames, enable, rollback }: DeploymentAlarms): DeploymentAlarms => {
  const names = [...new Set(alarmNames ?? [])]
  if (enable && names.length === 0)
    throw invalidParameter('alarmNames cannot be empty when deployment alarms are enabled.')
  if (names.some((name) => name === '')) throw invalidParameter('The name of an alarm cannot be blank.')
  return { alarmNames: names, enable: enable ?? false, rollback: rollback ?? false }
}

/** A rolling deployment has no stages to pause at; hooks that the service had go when its strategy changes to that. */
const checkedHooks = (
  given: DeploymentConfiguration,
  { lifecycleHooks, strategy }: Complete,
): DeploymentConfiguration['lifecycleHooks'] => {
  if (strategy !== 'ROLLING') return lifecycleHooks && checkedLifecycleHooks(lifecycleHooks)
  if (given.lifecycleHooks?.length)
    throw invalidParameter('lifecycleHooks are not valid with the ROLLING deployment strategy.')
  return undefined
}

/** Only for rolling deployments; one that the service had goes when its strategy changes. */
const checkedEarlySuccess = (
  given: DeploymentConfiguration,
  { earlySuccessCriteria: criteria, strategy, minimumHealthyPercent }: Complete,
): DeploymentConfiguration['earlySuccessCriteria'] => {
  if (criteria === undefined) return undefined
  if (strategy !== 'ROLLING') {
    if (!given.earlySuccessCriteria?.enable) return undefined
    throw invalidParameter('earlySuccessCriteria is only valid with the ROLLING deployment strategy.')
  }
  const { enable, healthyPercent, sourceServiceRevisionCleanup: cleanup } = criteria
  if (cleanup !== undefined)
    oneOf('earlySuccessCriteria.sourceServiceRevisionCleanup', cleanup, ecsEnums.ServiceRevisionCleanup)
  if (healthyPercent !== undefined) checkHealthyPercent(healthyPercent, minimumHealthyPercent)
  if (enable && (healthyPercent === undefined || cleanup === undefined))
    throw invalidParameter('earlySuccessCriteria needs healthyPercent and sourceServiceRevisionCleanup.')
  return compact({ ...criteria, enable: enable ?? false })
}

const checkHealthyPercent = (percent: number, minimumHealthyPercent: number): void => {
  if (!Number.isInteger(percent) || percent < 0 || percent > 100)
    throw invalidParameter('healthyPercent must be an integer between 0 and 100.')
  if (percent < minimumHealthyPercent)
    throw invalidParameter('healthyPercent must be greater than or equal to minimumHealthyPercent.')
}

/** The configuration of the strategy that shifts traffic in steps, complete; that of another strategy is refused. */
const checkedSteps = (
  given: DeploymentConfiguration,
  { strategy, linearConfiguration, canaryConfiguration }: Complete,
): Pick<DeploymentConfiguration, 'linearConfiguration' | 'canaryConfiguration'> => {
  if (given.linearConfiguration && strategy !== 'LINEAR')
    throw invalidParameter('linearConfiguration is only valid with the LINEAR deployment strategy.')
  if (given.canaryConfiguration && strategy !== 'CANARY')
    throw invalidParameter('canaryConfiguration is only valid with the CANARY deployment strategy.')
  if (strategy === 'LINEAR') {
    const { stepPercent = 10, stepBakeTimeInMinutes = 6 } = linearConfiguration ?? {}
    checkTrafficPercent('stepPercent', stepPercent, 3)
    checkBakeTime('stepBakeTimeInMinutes', stepBakeTimeInMinutes)
    return { linearConfiguration: { stepPercent, stepBakeTimeInMinutes } }
  }
  if (strategy === 'CANARY') {
    const { canaryPercent = 5, canaryBakeTimeInMinutes = 10 } = canaryConfiguration ?? {}
    checkTrafficPercent('canaryPercent', canaryPercent, 0.1)
    checkBakeTime('canaryBakeTimeInMinutes', canaryBakeTimeInMinutes)
    return { canaryConfiguration: { canaryPercent, canaryBakeTimeInMinutes } }
  }
  return {}
}

/** Tenths of a percent. The product of a tenth and 10 may be off by the last bit. */
const checkTrafficPercent = (member: string, percent: number, min: number): void => {
  const isTenth = Math.abs(percent * 10 - Math.round(percent * 10)) < 1e-9
  if (!isTenth || percent < min || percent > 100)
    throw invalidParameter(`${member} must be a multiple of 0.1 between ${min.toFixed(1)} and 100.0.`)
}
