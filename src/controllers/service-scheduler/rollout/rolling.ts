/**
 * ROLLING: tasks of the new deployment take the place of all others, as fast as minimum and maximum let them.
 * Source: "Deploy Amazon ECS services by replacing tasks" in the developer guide.
 */
import { complete, removeEmptied } from './completion.ts'
import { isAlone, isUnderWay, isWhole, othersOf, primaryOf } from './facts.ts'
import { firstOf, type Rule } from './transition.ts'
import type { GroupTarget, RolloutState } from './types.ts'

const completeRolling: Rule = (state) => {
  const primary = primaryOf(state)
  if (!isUnderWay(state.serviceDeployment) || primary?.rolloutState !== 'IN_PROGRESS') return undefined
  return isWhole(state, primary) && isAlone(state) ? complete(state, primary, 'SUCCESSFUL') : undefined
}

export const rollingRules: Rule = firstOf(completeRolling, removeEmptied)

/** One group, in which the PRIMARY replaces whatever else there is. */
export const rollingGroups = (state: RolloutState): readonly GroupTarget[] => {
  const primary = primaryOf(state)
  if (primary === undefined) return []
  const { desiredCount } = state.service
  const replacedIds = othersOf(state).map(({ deploymentId }) => deploymentId)
  return [{ holderId: primary.deploymentId, desiredCount, replacedIds, mayStart: true }]
}
