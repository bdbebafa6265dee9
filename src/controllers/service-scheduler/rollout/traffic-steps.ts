/**
 * How production traffic comes to the target: at once (BLUE_GREEN), in equal steps (LINEAR), or a little first and then the rest
 * (CANARY). Sources: LinearConfiguration and CanaryConfiguration in the API reference.
 */
import type { DeploymentConfiguration } from '@aws-sdk/client-ecs'
import type { DeploymentRecord, ServiceDeploymentRecord } from '../../../model/service-records.ts'
import { isWhole } from './facts.ts'
import { passHooks } from './hooks.ts'
import { shift } from './traffic.ts'
import type { Transition } from './transition.ts'
import type { RolloutState } from './types.ts'

const MS_PER_MINUTE = 60_000
const LINEAR_DEFAULTS = { stepPercent: 10, stepBakeTimeInMinutes: 6 }
const CANARY_DEFAULTS = { canaryPercent: 5, canaryBakeTimeInMinutes: 10 }

/** Percent of production traffic after each step, rising to 100. */
export const trafficSteps = ({
  strategy,
  linearConfiguration,
  canaryConfiguration,
}: DeploymentConfiguration): readonly number[] => {
  if (strategy === 'LINEAR') return equalSteps(linearConfiguration?.stepPercent ?? LINEAR_DEFAULTS.stepPercent)
  if (strategy !== 'CANARY') return [100]
  const first = canaryConfiguration?.canaryPercent ?? CANARY_DEFAULTS.canaryPercent
  return first < 100 ? [first, 100] : [100]
}

/** In tenths of a percent, which is how finely steps are given: sums of them stay exact. */
const equalSteps = (percent: number): readonly number[] => {
  const tenths = Math.round(percent * 10)
  return Array.from({ length: Math.ceil(1000 / tenths) }, (_, index) => Math.min(1000, tenths * (index + 1)) / 10)
}

/** How long each step but the last is watched. */
const stepBakeMs = ({ strategy, linearConfiguration, canaryConfiguration }: DeploymentConfiguration): number => {
  const linear = linearConfiguration?.stepBakeTimeInMinutes ?? LINEAR_DEFAULTS.stepBakeTimeInMinutes
  const canary = canaryConfiguration?.canaryBakeTimeInMinutes ?? CANARY_DEFAULTS.canaryBakeTimeInMinutes
  if (strategy === 'LINEAR') return linear * MS_PER_MINUTE
  return strategy === 'CANARY' ? canary * MS_PER_MINUTE : 0
}

/** The next step of production traffic to `green`. True once it has all of it. Without a blue there is nobody to share it with. */
export const shiftProduction = (
  state: RolloutState,
  serviceDeployment: ServiceDeploymentRecord,
  green: DeploymentRecord,
  blue: DeploymentRecord | undefined,
): Transition | boolean => {
  const { deploymentConfiguration, productionTrafficPercent: reached = 0 } = serviceDeployment
  const steps = blue === undefined ? [100] : trafficSteps(deploymentConfiguration)
  const next = steps.find((percent) => percent > reached)
  if (next === undefined) return true
  if (state.now < stepBakesUntil(serviceDeployment)) return false
  const hooks = passHooks(state, 'PRE_PRODUCTION_TRAFFIC_SHIFT', next)
  if (hooks !== true) return hooks
  return isWhole(state, green) && shift(state, blue, 'production', next)
}

/** When the step that was reached has been watched for long enough. */
export const stepBakesUntil = ({
  deploymentConfiguration,
  productionTrafficPercent = 0,
  bakingSince = 0,
}: ServiceDeploymentRecord): number =>
  productionTrafficPercent === 0 ? 0 : bakingSince + stepBakeMs(deploymentConfiguration)
