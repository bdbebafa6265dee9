/**
 * From a service's record to the SDK's shape: the only crossing. Counts come from the counters of its deployments, so that a service
 * costs the same whatever the number of its tasks.
 */
import type { Deployment, Service, ServiceCurrentRevisionSummary, ServiceEvent } from '@aws-sdk/client-ecs'
import { compact } from '../../kit/compact.ts'
import { dateOf } from '../../kit/timestamps.ts'
import { SERVICE_EVENTS } from '../../model/limits.ts'
import type {
  DeploymentRecord,
  ServiceEventRecord,
  ServiceRecord,
  ServiceRevisionRecord,
} from '../../model/service-records.ts'
import { taskCountKey } from '../../store/tables.ts'
import { tasksToRun } from './begin-service-deployment.ts'
import type { EcsContext } from './context.ts'
import { describeLoadBalancers, describeTaskSet } from './describe-task-set.ts'

export interface ServiceView {
  /** Whether tags are shown. AWS: what creates, changes or deletes a service shows them. */
  readonly withTags: boolean
}

/** Tasks of one deployment or task set, or of several. */
interface Counts {
  readonly desiredCount: number
  readonly pendingCount: number
  readonly runningCount: number
}

/** A deployment with what its description needs of other tables. */
interface CountedDeployment extends Counts {
  readonly deployment: DeploymentRecord
  readonly revision: ServiceRevisionRecord | undefined
}

export const describeService = (
  context: EcsContext,
  service: ServiceRecord,
  { withTags }: ServiceView = { withTags: true },
): Service => {
  const counted = countedDeployments(context, service)
  return {
    serviceArn: service.serviceArn,
    serviceName: service.serviceName,
    clusterArn: service.clusterArn,
    status: service.status,
    desiredCount: service.desiredCount,
    ...taskTotals(context, service, counted),
    ...describeRevision(counted[0]?.revision ?? lastRevision(context, service)),
    deploymentConfiguration: service.deploymentConfiguration,
    deploymentController: { type: service.deploymentController },
    deployments: counted.map(describeDeployment),
    ...(service.deploymentController === 'ECS'
      ? describeRollout(service, counted)
      : describeTaskSets(context, service, withTags)),
    events: describeEvents(context, service),
    ...describeScheduling(service),
    loadBalancers: describeLoadBalancers(counted[0]?.revision ?? lastRevision(context, service)),
    serviceRegistries: [],
    createdAt: dateOf(service.createdAt),
    ...compact({ createdBy: service.createdBy, roleArn: service.roleArn }),
    enableECSManagedTags: service.enableECSManagedTags,
    propagateTags: service.propagateTags,
    enableExecuteCommand: service.enableExecuteCommand,
    ...(withTags && { tags: [...service.tags] }),
    resourceManagementType: service.express === undefined ? 'CUSTOMER' : 'ECS',
  }
}

const describeScheduling = (service: ServiceRecord): Service => ({
  schedulingStrategy: service.schedulingStrategy,
  availabilityZoneRebalancing: service.availabilityZoneRebalancing,
  placementConstraints: [...service.placementConstraints],
  placementStrategy: [...service.placementStrategy],
  healthCheckGracePeriodSeconds: service.healthCheckGracePeriodSeconds ?? 0,
})

/** The PRIMARY deployment first, then the newest. */
const countedDeployments = (context: EcsContext, service: ServiceRecord): readonly CountedDeployment[] =>
  context.tx.deployments
    .find('byService', service.serviceArn)
    .toSorted((a, b) => Number(b.status === 'PRIMARY') - Number(a.status === 'PRIMARY') || b.createdAt - a.createdAt)
    .map((deployment) => ({
      deployment,
      revision: context.tx.serviceRevisions.get(deployment.serviceRevisionArn),
      desiredCount:
        deployment.status === 'PRIMARY'
          ? service.desiredCount
          : tasksToRun(context, service.clusterArn, deployment.deploymentId),
      ...taskCounts(context, deployment.deploymentId),
    }))

const taskCounts = ({ tx }: EcsContext, holderId: string): Omit<Counts, 'desiredCount'> => ({
  pendingCount: tx.tasks.count('inDeployment', taskCountKey(holderId, 'PENDING')),
  runningCount: tx.tasks.count('inDeployment', taskCountKey(holderId, 'RUNNING')),
})

/** Of the whole service, whoever holds its tasks. */
const taskTotals = (
  context: EcsContext,
  { serviceArn }: ServiceRecord,
  counted: readonly CountedDeployment[],
): Omit<Counts, 'desiredCount'> => {
  const taskSets = context.tx.taskSets.find('byService', serviceArn)
  const counts = [...counted, ...taskSets.map(({ taskSetId }) => taskCounts(context, taskSetId))]
  return {
    pendingCount: counts.reduce((total, { pendingCount }) => total + pendingCount, 0),
    runningCount: counts.reduce((total, { runningCount }) => total + runningCount, 0),
  }
}

/** What a service was made of that has no deployment any more. */
const lastRevision = (
  { tx }: EcsContext,
  { currentServiceDeploymentArn = '' }: ServiceRecord,
): ServiceRevisionRecord | undefined => {
  const last = tx.serviceDeployments.get(currentServiceDeploymentArn)
  return last && tx.serviceRevisions.get(last.targetServiceRevision.serviceRevisionArn)
}

/** AWS: the service shows LATEST where its deployments show what that means. */
const describeRevision = (revision: ServiceRevisionRecord | undefined): Service =>
  revision === undefined
    ? {}
    : {
        ...describeTasksOf(revision),
        ...(revision.isLatestPlatform && { platformVersion: 'LATEST' }),
      }

/** AWS: either a strategy or a launch type is shown. */
const describeTasksOf = (revision: ServiceRevisionRecord) => ({
  taskDefinition: revision.taskDefinitionArn,
  ...(revision.capacityProviderStrategy.length > 0
    ? { capacityProviderStrategy: [...revision.capacityProviderStrategy] }
    : { launchType: revision.launchType }),
  ...(revision.launchType === 'FARGATE' && { platformFamily: 'Linux' }),
  ...compact({ platformVersion: revision.platformVersion, networkConfiguration: revision.networkConfiguration }),
})

const describeDeployment = ({ deployment, revision, ...counts }: CountedDeployment): Deployment => ({
  id: deployment.deploymentId,
  status: deployment.status,
  ...counts,
  failedTasks: deployment.failedTasks,
  createdAt: dateOf(deployment.createdAt),
  updatedAt: dateOf(deployment.updatedAt),
  rolloutState: deployment.rolloutState,
  rolloutStateReason: deployment.rolloutStateReason,
  ...(revision && describeTasksOf(revision)),
})

const describeRollout = (service: ServiceRecord, counted: readonly CountedDeployment[]): Service => ({
  ...compact({ currentServiceDeployment: service.currentServiceDeploymentArn }),
  currentServiceRevisions: counted.map(describeRevisionCounts),
})

/** AWS: only services that others deploy show task sets. */
const describeTaskSets = ({ tx }: EcsContext, service: ServiceRecord, withTags: boolean): Service => ({
  taskSets: tx.taskSets
    .find('byService', service.serviceArn)
    .map((taskSet) => describeTaskSet(tx, service, taskSet, withTags)),
})

const describeRevisionCounts = ({
  deployment,
  desiredCount,
  runningCount,
  pendingCount,
}: CountedDeployment): ServiceCurrentRevisionSummary => ({
  arn: deployment.serviceRevisionArn,
  requestedTaskCount: desiredCount,
  runningTaskCount: runningCount,
  pendingTaskCount: pendingCount,
})

/** Newest first. */
const describeEvents = ({ tx }: EcsContext, { serviceArn }: ServiceRecord): ServiceEvent[] =>
  tx.serviceEvents
    .find('byService', serviceArn)
    .toReversed()
    .toSorted((a, b) => b.createdAt - a.createdAt)
    .slice(0, SERVICE_EVENTS)
    .map(describeEvent)

const describeEvent = ({ eventId, createdAt, message }: ServiceEventRecord): ServiceEvent => ({
  id: eventId,
  createdAt: dateOf(createdAt),
  message,
})
