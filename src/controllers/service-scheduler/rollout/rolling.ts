/**
 * ROLLING: tasks of the new deployment take the place of all others, as fast as minimum and maximum let them.
 * Source: "Deploy Amazon ECS services by replacing tasks" in the developer guide, and DeploymentEarlySuccessCriteria in the API reference.
 */
import type { DeploymentRecord, ServiceDeploymentRecord } from '../../../model/service-records.ts'
import { complete, removeEmptied } from './completion.ts'
import { countsOf, isAlone, isWhole, primaryOf } from './facts.ts'
import { bakeTimeMs } from './monitors.ts'
import { firstOf, type Rule } from './transition.ts'
import type { RolloutState } from './types.ts'

const completeRolling: Rule = (state) => {
  const { serviceDeployment, now } = state
  const primary = primaryOf(state)
  if (serviceDeployment?.status !== 'IN_PROGRESS' || primary === undefined) return undefined
  if (!hasSucceeded(state, serviceDeployment, primary)) return undefined
  const bakeMs = bakeTimeMs(serviceDeployment)
  const { bakingSince } = serviceDeployment
  if (bakeMs > 0 && bakingSince === undefined)
    return { serviceDeployment: { ...serviceDeployment, bakingSince: now, updatedAt: now } }
  return now >= (bakingSince ?? now) + bakeMs ? complete(state, primary, 'SUCCESSFUL') : undefined
}

/** All tasks run and all others are gone; or, under criteria of early success, as many as those ask for. */
const hasSucceeded = (
  state: RolloutState,
  { deploymentConfiguration }: ServiceDeploymentRecord,
  primary: DeploymentRecord,
): boolean => {
  const criteria = deploymentConfiguration.earlySuccessCriteria
  if (criteria?.enable !== true) return isWhole(state, primary) && isAlone(state)
  const wanted = Math.ceil((state.service.desiredCount * (criteria.healthyPercent ?? 100)) / 100)
  const isReplaced = criteria.sourceServiceRevisionCleanup === 'DEFERRED' || isAlone(state)
  return countsOf(state, primary).healthy >= wanted && isReplaced
}

export const rollingRules: Rule = firstOf(completeRolling, (state) => removeEmptied(state))
