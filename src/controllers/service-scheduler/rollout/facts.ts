/** Plain questions about a roll-out that every strategy asks. */
import type { DeploymentRecord } from '../../../model/service-records.ts'
import type { RolloutState, TaskCounts } from './types.ts'

const NO_TASKS: TaskCounts = { starting: 0, running: 0, healthy: 0, stopping: 0 }

/** Absent while a service has no deployments at all. */
export const primaryOf = ({ deployments }: RolloutState): DeploymentRecord | undefined =>
  deployments.find(({ status }) => status === 'PRIMARY')

export const othersOf = ({ deployments }: RolloutState): readonly DeploymentRecord[] =>
  deployments.filter(({ status }) => status !== 'PRIMARY')

export const deploymentOfRevision = (
  { deployments }: RolloutState,
  serviceRevisionArn: string,
): DeploymentRecord | undefined =>
  deployments.find((deployment) => deployment.serviceRevisionArn === serviceRevisionArn)

export const countsOf = ({ counts }: RolloutState, { deploymentId }: DeploymentRecord): TaskCounts =>
  counts.get(deploymentId) ?? NO_TASKS

/** Tasks that are to run, whether or not they do already. */
export const keptTasks = (state: RolloutState, deployment: DeploymentRecord): number => {
  const { starting, running } = countsOf(state, deployment)
  return starting + running
}

export const isEmpty = (state: RolloutState, deployment: DeploymentRecord): boolean =>
  keptTasks(state, deployment) + countsOf(state, deployment).stopping === 0

/** No task is left of any deployment but the PRIMARY. */
export const isAlone = (state: RolloutState): boolean => othersOf(state).every((other) => isEmpty(state, other))

/** All tasks that the service is to have run in this deployment, healthy. */
export const isWhole = (state: RolloutState, deployment: DeploymentRecord): boolean =>
  countsOf(state, deployment).healthy >= state.service.desiredCount
