/** When containers start, count as healthy, restart and are given up on. Sources: HealthCheck, ContainerRestartPolicy, ContainerDefinition. */
import type { HealthCheck } from '@aws-sdk/client-ecs'
import { ecsEnums } from '../enums.ts'
import { IGNORED_EXIT_CODES } from '../../../model/limits.ts'
import { type ContainerRule, ensure, requireOneOf, requireRange } from './rule.ts'

export const HEALTH_CHECK_DEFAULTS = { interval: 30, timeout: 5, retries: 3 } as const
export const RESTART_ATTEMPT_PERIOD_SECONDS = 300

const START_TIMEOUT_MIN_SECONDS = 2
/** A signed 32-bit integer, as the API has it. */
const INTEGER_MAX = 2 ** 31 - 1

export const healthCheckIsValid: ContainerRule = ({ healthCheck }) => {
  if (healthCheck === undefined) return
  checkCommand(healthCheck)
  requireRange('Container.healthCheck.interval', healthCheck.interval, 5, 300)
  requireRange('Container.healthCheck.timeout', healthCheck.timeout, 2, 60)
  requireRange('Container.healthCheck.retries', healthCheck.retries, 1, 10)
  requireRange('Container.healthCheck.startPeriod', healthCheck.startPeriod, 0, 300)
}

const checkCommand = ({ command = [] }: HealthCheck): void => {
  const [kind, ...rest] = command
  if (kind === 'NONE') return
  ensure(kind === 'CMD' || kind === 'CMD-SHELL', 'Container.healthCheck.command must start with CMD or CMD-SHELL.')
  ensure(rest.length > 0, 'Container.healthCheck.command must specify a command to run.')
}

export const restartPolicyIsValid: ContainerRule = ({ restartPolicy }) => {
  if (restartPolicy === undefined) return
  const { ignoredExitCodes = [], restartAttemptPeriod } = restartPolicy
  requireRange('Container.restartPolicy.restartAttemptPeriod', restartAttemptPeriod, 60, 1800)
  ensure(
    ignoredExitCodes.length <= IGNORED_EXIT_CODES,
    `Container.restartPolicy.ignoredExitCodes can have at most ${IGNORED_EXIT_CODES} items.`,
  )
}

export const timeoutsAreValid: ContainerRule = ({ startTimeout, stopTimeout }) => {
  requireRange('Container.startTimeout', startTimeout, START_TIMEOUT_MIN_SECONDS, INTEGER_MAX)
  requireRange('Container.stopTimeout', stopTimeout, 0, INTEGER_MAX)
}

export const versionConsistencyIsValid: ContainerRule = ({ versionConsistency }) =>
  requireOneOf('versionConsistency', versionConsistency, ecsEnums.VersionConsistency)
