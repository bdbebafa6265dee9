/** From a service deployment's record to the SDK's shapes, whole and in brief: the only crossings. */
import type {
  DeploymentLifecycleHookDetail,
  Rollback,
  ServiceDeployment,
  ServiceDeploymentAlarms,
  ServiceDeploymentBrief,
  ServiceRevisionSummary,
} from '@aws-sdk/client-ecs'
import { compact } from '../../kit/compact.ts'
import { dateOf } from '../../kit/timestamps.ts'
import { deploymentIdOf } from '../../model/arn.ts'
import type { LifecycleHookRecord, RevisionCount, ServiceDeploymentRecord } from '../../model/service-records.ts'
import { type ReadTables, taskCountKey } from '../../store/tables.ts'

/** What ListServiceDeployments shows. */
export const describeServiceDeploymentBrief = (deployment: ServiceDeploymentRecord): ServiceDeploymentBrief =>
  compact({
    serviceDeploymentArn: deployment.serviceDeploymentArn,
    serviceArn: deployment.serviceArn,
    clusterArn: deployment.clusterArn,
    createdAt: dateOf(deployment.createdAt),
    startedAt: time(deployment.startedAt),
    finishedAt: time(deployment.finishedAt),
    targetServiceRevisionArn: deployment.targetServiceRevision.serviceRevisionArn,
    status: deployment.status,
    statusReason: deployment.statusReason,
  })

export const describeServiceDeployment = (
  tables: ReadTables,
  deployment: ServiceDeploymentRecord,
): ServiceDeployment => {
  const { targetServiceRevisionArn: _target, ...brief } = describeServiceDeploymentBrief(deployment)
  return compact({
    ...brief,
    updatedAt: dateOf(deployment.updatedAt),
    stoppedAt: time(deployment.stoppedAt),
    ...describeRevisions(tables, deployment),
    lifecycleStage: deployment.lifecycleStage,
    lifecycleHookDetails: deployment.lifecycleHooks?.map(describeHook),
    deploymentConfiguration: deployment.deploymentConfiguration,
    rollback: describeRollback(deployment),
    deploymentCircuitBreaker: { ...deployment.circuitBreaker },
    alarms: describeAlarms(deployment),
  })
}

const time = (atMs: number | undefined): Date | undefined => (atMs === undefined ? undefined : dateOf(atMs))

const describeRevisions = (
  tables: ReadTables,
  deployment: ServiceDeploymentRecord,
): Pick<ServiceDeployment, 'sourceServiceRevisions' | 'targetServiceRevision'> => {
  const { sourceServiceRevisions: sources, targetServiceRevision: target } = deployment
  const ofTarget = {
    production: deployment.productionTrafficPercent,
    test: deployment.testTrafficPercent,
  }
  // Which of several sources has the rest of the traffic is for the load balancer to know.
  const ofSource =
    sources.length === 1 ? { production: restOf(ofTarget.production), test: restOf(ofTarget.test) } : NO_WEIGHTS
  return {
    sourceServiceRevisions: sources.map((source) => describeRevisionCount(tables, source, ofSource)),
    targetServiceRevision: describeRevisionCount(tables, target, ofTarget),
  }
}

interface TrafficPercents {
  readonly production: number | undefined
  readonly test: number | undefined
}

const NO_WEIGHTS: TrafficPercents = { production: undefined, test: undefined }

const restOf = (percent: number | undefined): number | undefined => (percent === undefined ? undefined : 100 - percent)

const describeRevisionCount = (
  { tasks }: ReadTables,
  { serviceRevisionArn, requestedTaskCount }: RevisionCount,
  { production, test }: TrafficPercents,
): ServiceRevisionSummary => {
  const deploymentId = deploymentIdOf(serviceRevisionArn)
  return compact({
    arn: serviceRevisionArn,
    requestedTaskCount,
    runningTaskCount: tasks.count('inDeployment', taskCountKey(deploymentId, 'RUNNING')),
    pendingTaskCount: tasks.count('inDeployment', taskCountKey(deploymentId, 'PENDING')),
    requestedTestTrafficWeight: test,
    requestedProductionTrafficWeight: production,
  })
}

/** At which stage the hook was reached is not described. */
const describeHook = ({ stage: _stage, expiresAt, ...hook }: LifecycleHookRecord): DeploymentLifecycleHookDetail =>
  compact({ ...hook, expiresAt: time(expiresAt) })

const describeRollback = ({ rollback }: ServiceDeploymentRecord): Rollback | undefined =>
  rollback && { ...rollback, startedAt: dateOf(rollback.startedAt) }

/** AWS: without alarms their check is there and DISABLED. */
const describeAlarms = ({ alarms }: ServiceDeploymentRecord): ServiceDeploymentAlarms =>
  alarms === undefined
    ? { status: 'DISABLED', alarmNames: [], triggeredAlarmNames: [] }
    : { ...alarms, alarmNames: [...alarms.alarmNames], triggeredAlarmNames: [...alarms.triggeredAlarmNames] }
