/**
 * The records that begin a passage to another service revision. Pure: operations begin deployments, the service scheduler begins
 * roll-backs, and both write what is made here.
 */
import { deploymentIdOf, serviceDeploymentArn } from './arn.ts'
import { failureThreshold } from './circuit-breaker.ts'
import type {
  DeploymentRecord,
  RevisionCount,
  ServiceDeploymentRecord,
  ServiceRecord,
  ServiceRevisionRecord,
} from './service-records.ts'

/** What is to be there after a deployment began: write all of it. */
export interface BegunDeployment {
  readonly primary: DeploymentRecord
  /** Deployments that were PRIMARY. */
  readonly demoted: readonly DeploymentRecord[]
  readonly serviceDeployment: ServiceDeploymentRecord
  /** The service deployment that was under way, ended. */
  readonly superseded?: ServiceDeploymentRecord
}

export interface DeploymentStart {
  readonly service: ServiceRecord
  readonly revision: ServiceRevisionRecord
  /** The deployments of the service, with how many of their tasks are to run. */
  readonly current: readonly { readonly deployment: DeploymentRecord; readonly taskCount: number }[]
  /** The last service deployment, whatever its status. */
  readonly previous: ServiceDeploymentRecord | undefined
  /** Last part of the new service deployment's ARN. */
  readonly serviceDeploymentId: string
  readonly now: number
}

export const beginDeployment = (start: DeploymentStart): BegunDeployment => {
  const { service, revision, current, previous, now } = start
  const superseded =
    previous === undefined || isOver(previous)
      ? undefined
      : stoppedDeployment(previous, 'The service deployment was replaced by a newer one.', now)
  return {
    primary: newDeployment(service.serviceArn, revision.serviceRevisionArn, now),
    demoted: current.flatMap(({ deployment }) =>
      deployment.status === 'PRIMARY' ? [{ ...deployment, status: 'ACTIVE' as const, updatedAt: now }] : [],
    ),
    serviceDeployment: newServiceDeployment(start),
    ...(superseded === undefined ? {} : { superseded }),
  }
}

/** A PRIMARY deployment at its beginning. */
export const newDeployment = (serviceArn: string, serviceRevisionArn: string, now: number): DeploymentRecord => {
  const deploymentId = deploymentIdOf(serviceRevisionArn)
  return {
    deploymentId,
    serviceArn,
    serviceRevisionArn,
    status: 'PRIMARY',
    createdAt: now,
    updatedAt: now,
    failedTasks: 0,
    hasRun: false,
    rolloutState: 'IN_PROGRESS',
    rolloutStateReason: `ECS deployment ${deploymentId} in progress.`,
  }
}

const OVER: ReadonlySet<string> = new Set(['SUCCESSFUL', 'STOPPED', 'ROLLBACK_SUCCESSFUL', 'ROLLBACK_FAILED'])

export const isOver = ({ status }: ServiceDeploymentRecord): boolean => OVER.has(status)

/** A service deployment that was under way and goes no further. */
export const stoppedDeployment = (
  deployment: ServiceDeploymentRecord,
  statusReason: string,
  now: number,
): ServiceDeploymentRecord => ({
  ...deployment,
  status: 'STOPPED',
  statusReason,
  updatedAt: now,
  stoppedAt: now,
  finishedAt: now,
})

/** A service deployment under way to whose target another number of tasks belongs now; the circuit breaker follows it. */
export const rescaledDeployment = (
  deployment: ServiceDeploymentRecord,
  desiredCount: number,
  now: number,
): ServiceDeploymentRecord => {
  const { targetServiceRevision, circuitBreaker, deploymentConfiguration } = deployment
  const threshold = failureThreshold(deploymentConfiguration.deploymentCircuitBreaker, desiredCount)
  return {
    ...deployment,
    targetServiceRevision: { ...targetServiceRevision, requestedTaskCount: desiredCount },
    circuitBreaker: { ...circuitBreaker, threshold },
    updatedAt: now,
  }
}

const newServiceDeployment = ({
  service,
  revision,
  current,
  serviceDeploymentId,
  now,
}: DeploymentStart): ServiceDeploymentRecord => {
  const { deploymentCircuitBreaker: breaker, alarms } = service.deploymentConfiguration
  const sources = current.map(({ deployment: { serviceRevisionArn }, taskCount }): RevisionCount => ({
    serviceRevisionArn,
    requestedTaskCount: taskCount,
  }))
  return {
    serviceDeploymentArn: serviceDeploymentArn(service.serviceArn, serviceDeploymentId),
    serviceArn: service.serviceArn,
    clusterArn: service.clusterArn,
    status: 'PENDING',
    createdAt: now,
    updatedAt: now,
    sourceServiceRevisions: sources,
    targetServiceRevision: {
      serviceRevisionArn: revision.serviceRevisionArn,
      requestedTaskCount: service.desiredCount,
    },
    deploymentConfiguration: service.deploymentConfiguration,
    circuitBreaker: {
      status: breaker?.enable === true ? 'MONITORING' : 'DISABLED',
      failureCount: 0,
      threshold: failureThreshold(breaker, service.desiredCount),
    },
    ...(alarms?.enable === true
      ? { alarms: { status: 'MONITORING', alarmNames: alarms.alarmNames ?? [], triggeredAlarmNames: [] } }
      : {}),
  }
}
