/** From an Express service's record to the SDK's shapes. */
import type {
  ECSExpressGatewayService,
  ExpressCpuArchitecture,
  ExpressGatewayServiceConfiguration,
  UpdatedExpressGatewayService,
} from '@aws-sdk/client-ecs'
import { compact } from '../../../kit/compact.ts'
import { dateOf } from '../../../kit/timestamps.ts'
import { clusterNameOf } from '../../../model/arn.ts'
import { expressEndpoint, type ExpressGateway } from '../../../model/express-gateway.ts'
import { targetGroupOf } from '../../../model/load-balancing/revision-groups.ts'
import type { ServiceRecord, ServiceRevisionRecord } from '../../../model/service-records.ts'
import type { ReadTables } from '../../../store/tables.ts'
import type { EcsContext } from '../context.ts'
import { describeContainer, mainContainer } from './definition.ts'

/** A service that is one of ECS's own. */
export type ExpressService = ServiceRecord & { readonly express: ExpressGateway }

export const isExpress = (service: ServiceRecord): service is ExpressService => service.express !== undefined

export const describeExpress = (
  { tx }: Pick<EcsContext, 'tx'>,
  service: ExpressService,
  { withTags }: { readonly withTags: boolean } = { withTags: true },
): ECSExpressGatewayService => ({
  ...describeWhole(service),
  infrastructureRoleArn: service.express.infrastructureRoleArn,
  ...compact({ currentDeployment: service.currentServiceDeploymentArn }),
  activeConfigurations: activeRevisions(tx, service).map((revision) => describeConfiguration(tx, service, revision)),
  ...(withTags && { tags: [...service.tags] }),
})

/** `revision`: what the service comes to. */
export const describeUpdated = (
  { tx }: Pick<EcsContext, 'tx'>,
  service: ExpressService,
  revision: ServiceRevisionRecord,
): UpdatedExpressGatewayService => ({
  ...describeWhole(service),
  targetConfiguration: describeConfiguration(tx, service, revision),
})

const describeWhole = (service: ExpressService): UpdatedExpressGatewayService => ({
  cluster: clusterNameOf(service.clusterArn),
  serviceName: service.serviceName,
  serviceArn: service.serviceArn,
  status: { statusCode: service.status },
  createdAt: dateOf(service.createdAt),
  updatedAt: dateOf(service.express.updatedAt),
})

/** Those that have tasks, or are to have some; the newest first. */
const activeRevisions = (
  { deployments, serviceRevisions }: ReadTables,
  { serviceArn }: ServiceRecord,
): readonly ServiceRevisionRecord[] =>
  deployments
    .find('byService', serviceArn)
    .toSorted((one, other) => other.createdAt - one.createdAt)
    .flatMap(({ serviceRevisionArn }) => serviceRevisions.get(serviceRevisionArn) ?? [])

const describeConfiguration = (
  tables: ReadTables,
  { express }: ExpressService,
  revision: ServiceRevisionRecord,
): ExpressGatewayServiceConfiguration => {
  const definition = tables.taskDefinitions.get(revision.taskDefinitionArn)
  const container = definition && mainContainer(definition)
  const { subnets, securityGroups } = revision.networkConfiguration?.awsvpcConfiguration ?? {}
  return {
    serviceRevisionArn: revision.serviceRevisionArn,
    taskDefinitionArn: revision.taskDefinitionArn,
    ...compact({
      executionRoleArn: definition?.executionRoleArn,
      taskRoleArn: definition?.taskRoleArn,
      cpu: definition?.cpu,
      memory: definition?.memory,
      cpuArchitecture: definition?.runtimePlatform?.cpuArchitecture as ExpressCpuArchitecture | undefined,
      healthCheckPath: healthCheckPathOf(tables, revision),
    }),
    networkConfiguration: compact({ subnets, securityGroups }),
    ...(container && { primaryContainer: describeContainer(container) }),
    scalingTarget: express.scalingTarget,
    ingressPaths: [{ accessType: express.accessType, endpoint: expressEndpoint(express) }],
    createdAt: dateOf(revision.createdAt),
  }
}

/** That of the target group that the revision's tasks are in. */
export const healthCheckPathOf = (
  { targetGroups }: Pick<ReadTables, 'targetGroups'>,
  { loadBalancers: [first] = [] }: ServiceRevisionRecord,
): string | undefined => first && targetGroups.get(targetGroupOf(first))?.healthCheck.path
