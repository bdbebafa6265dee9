/** A service with what belongs to it, as CreateService and CreateTaskSet leave it before anything happened. */
import {
  deploymentIdOf,
  serviceArn,
  serviceDeploymentArn,
  serviceRevisionArn,
  taskDefinitionArn,
} from '../../src/model/arn.ts'
import { decimal19 } from '../../src/kit/ids.ts'
import { newDeployment } from '../../src/model/new-deployment.ts'
import type {
  DeploymentRecord,
  ServiceDeploymentRecord,
  ServiceRecord,
  ServiceRevisionRecord,
  TaskSetRecord,
} from '../../src/model/service-records.ts'
import { DEFAULT_CLUSTER_ARN } from './a-cluster.ts'
import { BUILT_AT_MS, builderIds } from './ids.ts'

/** ACTIVE, two tasks, rolling deployments; its ARN follows from its name and cluster. */
export const aService = (given: Partial<ServiceRecord> = {}): ServiceRecord => {
  const { clusterArn = DEFAULT_CLUSTER_ARN, serviceName = 'web' } = given
  return {
    serviceArn: serviceArn(clusterArn, serviceName),
    clusterArn,
    serviceName,
    status: 'ACTIVE',
    schedulingStrategy: 'REPLICA',
    deploymentController: 'ECS',
    desiredCount: 2,
    deploymentConfiguration: { strategy: 'ROLLING', minimumHealthyPercent: 100, maximumPercent: 200 },
    availabilityZoneRebalancing: 'DISABLED',
    placementConstraints: [],
    placementStrategy: [],
    enableECSManagedTags: false,
    propagateTags: 'NONE',
    enableExecuteCommand: false,
    createdAt: BUILT_AT_MS,
    tags: [],
    ...given,
  }
}

export const aServiceRevision = (given: Partial<ServiceRevisionRecord> = {}): ServiceRevisionRecord => {
  const { serviceArn: owner = aService().serviceArn } = given
  return {
    serviceRevisionArn: serviceRevisionArn(owner, decimal19(builderIds)),
    serviceArn: owner,
    clusterArn: DEFAULT_CLUSTER_ARN,
    taskDefinitionArn: taskDefinitionArn('us-east-1', '000000000000', 'web', 1),
    launchType: 'EC2',
    capacityProviderStrategy: [],
    createdAt: BUILT_AT_MS,
    ...given,
  }
}

/** The PRIMARY deployment of a revision. */
export const aDeployment = (
  { serviceArn: owner, serviceRevisionArn: revision }: ServiceRevisionRecord = aServiceRevision(),
  given: Partial<DeploymentRecord> = {},
): DeploymentRecord => ({ ...newDeployment(owner, revision, BUILT_AT_MS), ...given })

/** One that began just now, to a revision of its own unless another is given. */
export const aServiceDeployment = (given: Partial<ServiceDeploymentRecord> = {}): ServiceDeploymentRecord => {
  const { serviceArn: owner = aService().serviceArn } = given
  return {
    serviceDeploymentArn: serviceDeploymentArn(owner, builderIds.hex32().slice(0, 21)),
    serviceArn: owner,
    clusterArn: DEFAULT_CLUSTER_ARN,
    status: 'IN_PROGRESS',
    createdAt: BUILT_AT_MS,
    updatedAt: BUILT_AT_MS,
    sourceServiceRevisions: [],
    targetServiceRevision: {
      serviceRevisionArn: aServiceRevision({ serviceArn: owner }).serviceRevisionArn,
      requestedTaskCount: 2,
    },
    deploymentConfiguration: aService().deploymentConfiguration,
    circuitBreaker: { status: 'DISABLED', failureCount: 0, threshold: 3 },
    ...given,
  }
}

/** The task set of a revision. */
export const aTaskSet = (
  { serviceArn: owner, serviceRevisionArn: revision }: ServiceRevisionRecord = aServiceRevision(),
  given: Partial<TaskSetRecord> = {},
): TaskSetRecord => ({
  taskSetId: deploymentIdOf(revision),
  serviceArn: owner,
  serviceRevisionArn: revision,
  clusterArn: DEFAULT_CLUSTER_ARN,
  status: 'ACTIVE',
  scalePercent: 100,
  stabilityStatus: 'STABILIZING',
  stabilityStatusAt: BUILT_AT_MS,
  createdAt: BUILT_AT_MS,
  updatedAt: BUILT_AT_MS,
  tags: [],
  ...given,
})
