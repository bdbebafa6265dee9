/** Reasons and events of deployments, in ECS's words. Source: "Service deployment state change events" in the developer guide. */
import type { DeploymentRecord, ServiceAction, ServiceRecord } from '../../../model/service-records.ts'
import type { RolloutEvent } from './types.ts'

export const completedReason = (deploymentId: string): string => `ECS deployment ${deploymentId} completed.`

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

const ofDeployment = (
  { serviceName }: ServiceRecord,
  deployment: DeploymentRecord,
  text: string,
  action: ServiceAction,
): RolloutEvent => ({ message: `(service ${serviceName}) (deployment ${deployment.deploymentId}) ${text}`, action })

export const inProgressEvent = (service: ServiceRecord, deployment: DeploymentRecord): RolloutEvent =>
  ofDeployment(
    service,
    deployment,
    'deployment in progress.',
    stateChange('INFO', 'SERVICE_DEPLOYMENT_IN_PROGRESS', deployment),
  )

export const completedEvent = (service: ServiceRecord, deployment: DeploymentRecord): RolloutEvent =>
  ofDeployment(
    service,
    deployment,
    'deployment completed.',
    stateChange('INFO', 'SERVICE_DEPLOYMENT_COMPLETED', deployment),
  )
