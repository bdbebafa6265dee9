/** Beginning and success, which are the same under all strategies; and deployments that have no tasks left. */
import type { DeploymentRecord, ServiceDeploymentRecord } from '../../../model/service-records.ts'
import { isEmpty, othersOf, primaryOf } from './facts.ts'
import { completedEvent, completedReason, inProgressEvent } from './texts.ts'
import type { Rule, Transition } from './transition.ts'
import type { RolloutState } from './types.ts'

type MonitorStatus = ServiceDeploymentRecord['circuitBreaker']['status']

export const begin: Rule = (state) => {
  const { serviceDeployment, service, now } = state
  const primary = primaryOf(state)
  if (serviceDeployment?.status !== 'PENDING' || primary === undefined) return undefined
  return {
    serviceDeployment: { ...serviceDeployment, status: 'IN_PROGRESS', startedAt: now, updatedAt: now },
    events: [inProgressEvent(service, primary)],
  }
}

/** Monitors that were watching have seen it through. */
const seenThrough = (
  serviceDeployment: ServiceDeploymentRecord,
): Pick<ServiceDeploymentRecord, 'circuitBreaker' | 'alarms'> => {
  const { circuitBreaker, alarms } = serviceDeployment
  return {
    circuitBreaker: { ...circuitBreaker, status: ended(circuitBreaker.status) },
    ...(alarms === undefined ? {} : { alarms: { ...alarms, status: ended(alarms.status) } }),
  }
}

const ended = (status: MonitorStatus): MonitorStatus => (status === 'MONITORING' ? 'MONITORING_COMPLETE' : status)

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
  return {
    deployments: [completed],
    ...(serviceDeployment === undefined
      ? {}
      : {
          serviceDeployment: {
            ...serviceDeployment,
            ...seenThrough(serviceDeployment),
            status,
            updatedAt: now,
            finishedAt: now,
          },
        }),
    events: [completedEvent(service, completed)],
  }
}

/** Deployments that were replaced are gone with their last task. */
export const removeEmptied: Rule = (state) => {
  const emptied = othersOf(state).filter((other) => isEmpty(state, other))
  return emptied.length === 0 ? undefined : { removedDeploymentIds: emptied.map(({ deploymentId }) => deploymentId) }
}
