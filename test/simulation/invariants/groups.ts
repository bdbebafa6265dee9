/**
 * The groups of tasks that minimum and maximum of a service are for. Mostly it is all of its tasks. While traffic is shifted, it is each of the
 * deployments that have to serve: blue until CLEAN_UP, green from SCALE_UP on. With an EXTERNAL controller it is each task set.
 */
import { lastCompleted } from '../../../src/model/completed-revision.ts'
import { computedDesiredCount } from '../../../src/model/task-set-size.ts'
import type {
  DeploymentRecord,
  ServiceDeploymentRecord,
  ServiceRecord,
  TaskSetRecord,
} from '../../../src/model/service-records.ts'
import type { Feed } from '../feed.ts'

export interface WatchedGroup {
  /** For messages. */
  readonly name: string
  /** Id of the deployment or task set; undefined for all tasks of the service. */
  readonly holderId: string | undefined
  readonly minimum: number
  readonly maximum: number
}

export const groupsOf = (feed: Feed, service: ServiceRecord): readonly WatchedGroup[] => {
  if (service.deploymentController === 'EXTERNAL')
    return ofService<TaskSetRecord>(feed, 'taskSets', service).map((taskSet) =>
      group(service, computedDesiredCount(service, taskSet), taskSet.taskSetId),
    )
  const serving = servingDeployments(feed, service)
  if (serving === undefined) return [group(service, service.desiredCount)]
  return serving.map(({ deploymentId }) => group(service, service.desiredCount, deploymentId))
}

const group = (service: ServiceRecord, desiredCount: number, holderId?: string): WatchedGroup => {
  const { serviceName, status, deploymentConfiguration } = service
  const { minimumHealthyPercent, maximumPercent } = deploymentConfiguration
  const wanted = status === 'ACTIVE' ? desiredCount : 0
  return {
    name: `service ${serviceName}${holderId === undefined ? '' : `, ${holderId}`}`,
    holderId,
    minimum: Math.min(wanted, Math.ceil((wanted * minimumHealthyPercent) / 100)),
    maximum: Math.floor((desiredCount * maximumPercent) / 100),
  }
}

/** Stages in which green is not to have tasks yet. */
const BEFORE_SCALE_UP: ReadonlySet<string | undefined> = new Set([undefined, 'RECONCILE_SERVICE', 'PRE_SCALE_UP'])

/** Undefined where all tasks of the service are one group. */
const servingDeployments = (feed: Feed, service: ServiceRecord): readonly DeploymentRecord[] | undefined => {
  const deployments = ofService<DeploymentRecord>(feed, 'deployments', service)
  const all = ofService<ServiceDeploymentRecord>(feed, 'serviceDeployments', service)
  const current = all.find(({ serviceDeploymentArn }) => serviceDeploymentArn === service.currentServiceDeploymentArn)
  const primary = deployments.find(({ status }) => status === 'PRIMARY')
  if (current === undefined || primary === undefined || primary.rolloutState === 'FAILED') return undefined
  if (current.deploymentConfiguration.strategy === 'ROLLING') return undefined
  if (current.status === 'ROLLBACK_IN_PROGRESS') return [primary]
  if (current.status !== 'IN_PROGRESS') return undefined
  const blueRevision = lastCompleted(all)?.serviceRevisionArn
  const blue = deployments.filter(
    (deployment) => deployment !== primary && deployment.serviceRevisionArn === blueRevision,
  )
  return [
    ...(BEFORE_SCALE_UP.has(current.lifecycleStage) ? [] : [primary]),
    ...(current.lifecycleStage === 'CLEAN_UP' ? [] : blue),
  ]
}

const ofService = <Row extends { readonly serviceArn: string }>(
  feed: Feed,
  table: 'deployments' | 'serviceDeployments' | 'taskSets',
  { serviceArn }: ServiceRecord,
): readonly Row[] => [...feed.rows<Row>(table).values()].filter((row) => row.serviceArn === serviceArn)
