/** The groups of tasks that deployments come down to, for the planner. */
import type { DeploymentRecord } from '../../../model/service-records.ts'
import { keptTasks, othersOf, primaryOf } from './facts.ts'
import type { GroupTarget, RolloutState } from './types.ts'

/** One group, in which the PRIMARY replaces whatever else there is. */
export const replacingGroup = (state: RolloutState): readonly GroupTarget[] => {
  const primary = primaryOf(state)
  if (primary === undefined) return []
  return [{ ...fullGroup(state, primary), replacedIds: othersOf(state).map(({ deploymentId }) => deploymentId) }]
}

/** One group again, in which nothing starts and nothing is replaced: a failed deployment and what was there before it share the service. */
export const keepingGroup = (state: RolloutState): readonly GroupTarget[] =>
  replacingGroup(state).map((group) => ({ ...group, mayStart: false }))

/** Has all of the service's tasks, and replaces nobody's. */
export const fullGroup = ({ service }: RolloutState, { deploymentId }: DeploymentRecord): GroupTarget => ({
  holderId: deploymentId,
  desiredCount: service.desiredCount,
  replacedIds: [],
  mayStart: true,
})

/** Keeps the tasks it has, as long as the service is to have so many. */
export const keptGroup = (state: RolloutState, deployment: DeploymentRecord): GroupTarget => ({
  holderId: deployment.deploymentId,
  desiredCount: Math.min(keptTasks(state, deployment), state.service.desiredCount),
  replacedIds: [],
  mayStart: false,
})

export const emptiedGroup = ({ deploymentId }: DeploymentRecord): GroupTarget => ({
  holderId: deploymentId,
  desiredCount: 0,
  replacedIds: [],
  mayStart: false,
})
