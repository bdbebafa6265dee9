/**
 * CreateExpressGatewayService: a service with all that stands before it, in one transaction: a task definition, a load balancer that it may
 * share, with listener, rule and certificate, target groups, security groups and a log group. How it goes on is as with any service.
 */
import type {
  CreateExpressGatewayServiceRequest,
  CreateExpressGatewayServiceResponse,
  CreateServiceRequest,
} from '@aws-sdk/client-ecs'
import { resourceId, serviceArn } from '../../../model/arn.ts'
import { EXPRESS_CONTAINER, type ExpressGateway } from '../../../model/express-gateway.ts'
import type { ClusterRecord, TaskDefinitionRecord } from '../../../model/records.ts'
import { taskDefinitionNamed } from '../access-arns.ts'
import { ANY, creating, on, serviceArnOf } from '../access.ts'
import type { EcsContext, EcsOperation } from '../context.ts'
import { expressCluster } from '../express/cluster.ts'
import { describeExpress, isExpress } from '../express/describe.ts'
import { expressPort, insertNewDefinition, mainContainer, ownDefinition } from '../express/definition.ts'
import { ensureLogGroup, insertGateway } from '../express/gateway.ts'
import { type ExpressNetwork, expressNetwork } from '../express/network.ts'
import { checkedScaling } from '../express/scaling.ts'
import { checkedPath } from '../express/target-groups.ts'
import { invalidParameter } from '../faults.ts'
import { passInfrastructureRoles, passTaskRoles } from '../pass-role.ts'
import { checkedTags } from '../tags.ts'
import { insertService } from './create-service.ts'

type Request = CreateExpressGatewayServiceRequest

export const createExpressGatewayService: EcsOperation<Request, CreateExpressGatewayServiceResponse> = {
  access: (input, context) => {
    const { cluster, serviceName = ANY, tags, taskDefinitionArn } = input
    const demand = on(context.tx, serviceArnOf(context, { cluster, service: serviceName || ANY }))
    const definition =
      taskDefinitionArn && context.tx.taskDefinitions.get(taskDefinitionNamed(context, taskDefinitionArn))
    return [
      ...creating(context, 'CreateExpressGatewayService', tags, demand),
      ...passTaskRoles(context, definition || input),
      ...passInfrastructureRoles(context, { role: input.infrastructureRoleArn }),
    ]
  },
  handle: (input, context) => {
    if (!input.infrastructureRoleArn) throw invalidParameter('infrastructureRoleArn must be specified.')
    const scalingTarget = checkedScaling(input.scalingTarget)
    const healthCheckPath = checkedPath(input.healthCheckPath)
    const network = expressNetwork(context, input.networkConfiguration)
    const cluster = expressCluster(context, input.cluster)
    const serviceName = input.serviceName || derivedName(context, input)
    checkNotThere(context, serviceArn(cluster.clusterArn, serviceName))
    const { definition, logGroupArn } = definitionOf(context, input, cluster, serviceName)
    const express = insertGateway(context, {
      infrastructureRoleArn: input.infrastructureRoleArn,
      serviceName,
      network,
      port: expressPort(definition),
      healthCheckPath,
      logGroupArn,
      scalingTarget,
    })
    const request = serviceRequest(input, serviceName, { definition, express, network })
    const { serviceArn: arn } = insertService(context, request)
    const service = context.tx.services.update(arn, { express })
    if (!isExpress(service)) throw invalidParameter('The specified service is not an Express service.')
    return { service: describeExpress(context, service) }
  },
}

/** AWS: from the name of the image. */
const derivedName = ({ ids }: EcsContext, { primaryContainer, taskDefinitionArn = '' }: Request): string => {
  const image = (primaryContainer?.image ?? resourceId(taskDefinitionArn)).replace(/@.*$/, '')
  const name = resourceId(image)
    .replace(/:.*$/, '')
    .replaceAll(/[^A-Za-z0-9_-]/g, '-')
  return `${name || 'express'}-${ids.hex32().slice(0, SHORT_ID_LENGTH)}`
}

const SHORT_ID_LENGTH = 4

/** Before anything is made for it. */
const checkNotThere = ({ tx }: EcsContext, arn: string): void => {
  if (tx.services.get(arn)?.status === 'ACTIVE') throw invalidParameter('Creation of service was not idempotent.')
}

interface ChosenDefinition {
  readonly definition: TaskDefinitionRecord
  readonly logGroupArn?: string
}

/** The customer's own, or a new one, whose container has a group to log to. */
const definitionOf = (
  context: EcsContext,
  input: Request,
  { clusterName }: ClusterRecord,
  serviceName: string,
): ChosenDefinition => {
  const own = ownDefinition(context, input)
  if (own !== undefined) return { definition: own }
  const usual = `/aws/ecs/${clusterName}/${serviceName}-${context.ids.hex32().slice(0, SHORT_ID_LENGTH)}`
  const definition = insertNewDefinition(context, input, {
    family: `${clusterName}-${serviceName}`.slice(0, FAMILY_LENGTH),
    logGroupName: usual,
    tags: checkedTags(input.tags),
  })
  const logGroupName = mainContainer(definition)?.logConfiguration?.options?.['awslogs-group'] ?? usual
  return { definition, logGroupArn: ensureLogGroup(context, logGroupName) }
}

const FAMILY_LENGTH = 255

interface Parts {
  readonly definition: TaskDefinitionRecord
  readonly express: ExpressGateway
  readonly network: ExpressNetwork
}

/** Source: "Service defaults" of Express Mode. */
const serviceRequest = (
  { cluster, tags }: Request,
  serviceName: string,
  { definition, express, network }: Parts,
): CreateServiceRequest => ({
  cluster,
  serviceName,
  taskDefinition: definition.taskDefinitionArn,
  desiredCount: express.scalingTarget.minTaskCount,
  capacityProviderStrategy: [{ capacityProvider: 'FARGATE', base: 1, weight: 1 }],
  platformVersion: 'LATEST',
  networkConfiguration: {
    awsvpcConfiguration: {
      subnets: network.subnets.map(({ subnetId }) => subnetId),
      securityGroups: [express.securityGroupId, ...network.securityGroups],
      assignPublicIp: network.isPublic ? 'ENABLED' : 'DISABLED',
    },
  },
  loadBalancers: [
    {
      targetGroupArn: express.targetGroupArns[0],
      containerName: EXPRESS_CONTAINER,
      containerPort: expressPort(definition),
      advancedConfiguration: {
        alternateTargetGroupArn: express.targetGroupArns[1],
        productionListenerRule: express.ruleArn,
        roleArn: express.infrastructureRoleArn,
      },
    },
  ],
  deploymentConfiguration: {
    strategy: 'CANARY',
    canaryConfiguration: { canaryPercent: 5, canaryBakeTimeInMinutes: 3 },
    bakeTimeInMinutes: 3,
  },
  healthCheckGracePeriodSeconds: 300,
  enableECSManagedTags: true,
  propagateTags: 'SERVICE',
  tags,
})
