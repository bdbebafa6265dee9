/** Beginning and success, which are the same under all strategies; and deployments that have no tasks left. */
import type { DeploymentRecord } from '../../../model/service-records.ts'
import { isEmpty, othersOf, primaryOf } from './facts.ts'
import { alarmsAtBegin, seenThrough } from './monitors.ts'
import { completedEvent, completedReason, inProgressEvent } from './texts.ts'
import type { Rule, Transition } from './transition.ts'
import type { RolloutState } from './types.ts'

export const begin: Rule = (state) => {
  const { serviceDeployment, service, now } = state
  const primary = primaryOf(state)
  if (serviceDeployment?.status !== 'PENDING' || primary === undefined) return undefined
  return {
    serviceDeployment: {
      ...serviceDeployment,
      ...alarmsAtBegin(state, serviceDeployment),
      status: 'IN_PROGRESS',
      startedAt: now,
      updatedAt: now,
    },
    events: [inProgressEvent(service, primary)],
  }
}

/** The deployment has reached what it was for. `status` tells a success from that of a roll-back. */
export const complete = (
  { service, serviceDeployment, now }: RolloutState,
  deployment: DeploymentRecord,
  status: 'SUCCESSFUL' | 'ROLLBACK_SUCCESSFUL',
): Transition => {
  const completed: DeploymentRecord = {
    ...deployment,
    rolloutState: 'COMPLETED',
    rolloutStateReason: completedReason(deployment.deploymentId),
    updatedAt: now,
  }
  const ended =
    serviceDeployment === undefined
      ? {}
      : {
          serviceDeployment: {
            ...serviceDeployment,
            ...seenThrough(serviceDeployment),
            status,
            updatedAt: now,
            finishedAt: now,
          },
        }
  return { deployments: [completed], ...ended, events: [completedEvent(service, completed)] }
}

/** Deployments that were replaced are gone with their last task. `kept` has its tasks taken away by nobody yet. */
export const removeEmptied = (state: RolloutState, kept?: DeploymentRecord): Transition | undefined => {
  const emptied = othersOf(state).filter((other) => other !== kept && isEmpty(state, other))
  return emptied.length === 0 ? undefined : { removedDeploymentIds: emptied.map(({ deploymentId }) => deploymentId) }
}
