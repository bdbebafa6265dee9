/**
 * Reasons and events of deployments, in ECS's words where they are known. Sources: "Service deployment state change events" and "Service
 * event messages" in the developer guide, and what ECS itself answers.
 */
import type { DeploymentRecord, ServiceAction, ServiceRecord } from '../../../model/service-records.ts'
import type { RolloutEvent } from './types.ts'

export const completedReason = (deploymentId: string): string => `ECS deployment ${deploymentId} completed.`

/** `observer` is who saw the failure that is rolled back: `ECS deployment circuit breaker`. */
export const rollingBackReason = (observer: string, deploymentId: string): string =>
  `${observer}: rolling back to deploymentId ${deploymentId}.`

export const NO_CANDIDATE = 'No rollback candidate was found to run the rollback.'
export const ROLL_BACK_TRIPPED = 'Rollback failed because the circuit breaker threshold was exceeded.'

const stateChange = (
  eventType: ServiceAction['eventType'],
  eventName: string,
  { deploymentId, rolloutStateReason }: DeploymentRecord,
): ServiceAction => ({
  detailType: 'ECS Deployment State Change',
  eventType,
  eventName,
  deploymentId,
  reason: rolloutStateReason,
})

const ofDeployment = ({ serviceName }: ServiceRecord, { deploymentId }: DeploymentRecord, text: string): string =>
  `(service ${serviceName}) (deployment ${deploymentId}) ${text}`

/** AWS: EventBridge alone hears of a beginning in ECS; here it is a service event too. */
export const inProgressEvent = (service: ServiceRecord, deployment: DeploymentRecord): RolloutEvent => ({
  message: ofDeployment(service, deployment, 'deployment in progress.'),
  action: stateChange('INFO', 'SERVICE_DEPLOYMENT_IN_PROGRESS', deployment),
})

export const completedEvent = (service: ServiceRecord, deployment: DeploymentRecord): RolloutEvent => ({
  message: ofDeployment(service, deployment, 'deployment completed.'),
  action: stateChange('INFO', 'SERVICE_DEPLOYMENT_COMPLETED', deployment),
})

export const failedEvent = (service: ServiceRecord, deployment: DeploymentRecord, what: string): RolloutEvent => ({
  message: ofDeployment(service, deployment, `deployment failed: ${what}`),
  action: stateChange('ERROR', 'SERVICE_DEPLOYMENT_FAILED', deployment),
})

export const rollingBackEvent = (service: ServiceRecord, target: DeploymentRecord): RolloutEvent => ({
  message: `(service ${service.serviceName}) rolling back to deployment ${target.deploymentId}.`,
  action: stateChange('INFO', 'SERVICE_DEPLOYMENT_IN_PROGRESS', target),
})

export const noCandidateEvent = (service: ServiceRecord, deployment: DeploymentRecord): RolloutEvent => ({
  message: ofDeployment(service, deployment, NO_CANDIDATE),
})
