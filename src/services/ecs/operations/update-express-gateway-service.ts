/**
 * UpdateExpressGatewayService: a new revision of an Express service, to which traffic is shifted. What the request leaves out stays as it is,
 * also what was changed by other operations.
 */
import type {
  NetworkConfiguration,
  UpdateExpressGatewayServiceRequest,
  UpdateExpressGatewayServiceResponse,
} from '@aws-sdk/client-ecs'
import { defined } from '../../../kit/assert.ts'
import { compact } from '../../../kit/compact.ts'
import { targetGroupOf } from '../../../model/load-balancing/revision-groups.ts'
import type { TaskDefinitionRecord } from '../../../model/records.ts'
import type { ServiceRevisionRecord } from '../../../model/service-records.ts'
import type { Demand } from '../../operations.ts'
import { taskDefinitionNamed } from '../access-arns.ts'
import type { EcsContext, EcsOperation } from '../context.ts'
import { asksForDefinition, expressPort, mainContainer, updatedDefinition } from '../express/definition.ts'
import { describeUpdated, type ExpressService, healthCheckPathOf, isExpress } from '../express/describe.ts'
import { getExpressService, onExpressService } from '../express/express-lookups.ts'
import { ensureLogGroup } from '../express/gateway.ts'
import { expressNetwork } from '../express/network.ts'
import { checkedScaling } from '../express/scaling.ts'
import { openPort } from '../express/security-groups.ts'
import { checkedPath, updateTargetGroup } from '../express/target-groups.ts'
import { clientException, invalidParameter, serviceNotActive, serviceNotFound } from '../faults.ts'
import { passTaskRoles } from '../pass-role.ts'
import { primaryRevision } from '../service-lookups.ts'
import { changeService } from './update-service.ts'

type Request = UpdateExpressGatewayServiceRequest

export const updateExpressGatewayService: EcsOperation<Request, UpdateExpressGatewayServiceResponse> = {
  access: (input, context) => [...onExpressService(input, context), ...passedRoles(input, context)],
  handle: (input, context) => {
    const service = getExpressService(context, input)
    if (service === undefined) throw serviceNotFound()
    if (service.status !== 'ACTIVE') throw serviceNotActive()
    const before = currentRevision(context, service)
    const definition = wantedDefinition(context, input, before)
    const logGroup = mainContainer(definition)?.logConfiguration?.options?.['awslogs-group']
    const logs = input.primaryContainer?.awsLogsConfiguration && {
      logGroupArn: ensureLogGroup(context, logGroup ?? ''),
    }
    const pathBefore = healthCheckPathOf(context.tx, before)
    const healthCheckPath = input.healthCheckPath === undefined ? pathBefore : checkedPath(input.healthCheckPath)
    const scalingTarget = checkedScaling(input.scalingTarget, service.express.scalingTarget)
    changeService(context, {
      cluster: service.clusterArn,
      service: service.serviceName,
      taskDefinition: definition.taskDefinitionArn,
      ...(input.scalingTarget && { desiredCount: scalingTarget.minTaskCount }),
      ...(input.networkConfiguration && { networkConfiguration: networkOf(context, service, input, before) }),
      ...portChange(before, expressPort(definition)),
      ...(healthCheckPath !== pathBefore && { forceNewDeployment: true }),
    })
    const after = currentRevision(context, service)
    if (after !== before) prepareFor(context, service, after, { port: expressPort(definition), healthCheckPath })
    const express = { ...service.express, ...logs, scalingTarget, updatedAt: context.now }
    const updated = context.tx.services.update(service.serviceArn, { express })
    return { service: isExpress(updated) ? describeUpdated(context, updated, after) : {} }
  },
}

/** AWS: the roles that a definition names are handed over with it. */
const passedRoles = (input: Request, context: EcsContext): readonly Demand[] => {
  const { taskDefinitionArn } = input
  if (!taskDefinitionArn) return passTaskRoles(context, input)
  return passTaskRoles(context, context.tx.taskDefinitions.get(taskDefinitionNamed(context, taskDefinitionArn)))
}

const currentRevision = ({ tx }: EcsContext, service: ExpressService): ServiceRevisionRecord =>
  defined(primaryRevision(tx, service), 'the revision of a service')

const wantedDefinition = (
  context: EcsContext,
  input: Request,
  { taskDefinitionArn }: ServiceRevisionRecord,
): TaskDefinitionRecord => {
  const current = context.tx.taskDefinitions.get(taskDefinitionArn)
  if (current === undefined) throw clientException('TaskDefinition not found.')
  return asksForDefinition(input) ? updatedDefinition(context, current, input) : current
}

/** Of what the request leaves out, the service keeps what it has; its own security group it always has. */
const networkOf = (
  context: EcsContext,
  { express }: ExpressService,
  { networkConfiguration: given = {} }: Request,
  { networkConfiguration: before }: ServiceRevisionRecord,
): NetworkConfiguration => {
  const { subnets, securityGroups = [] } = before?.awsvpcConfiguration ?? {}
  const others = securityGroups.filter((id) => id !== express.securityGroupId)
  const network = expressNetwork(context, { subnets, securityGroups: others, ...compact(given) })
  const balancer = context.tx.loadBalancers.get(express.loadBalancerArn)
  const zones = new Set(balancer?.subnets.map(({ zoneName }) => zoneName))
  if (
    (balancer !== undefined && balancer.vpcId !== network.vpcId) ||
    network.isPublic !== (express.accessType === 'PUBLIC') ||
    network.subnets.some(({ zoneName }) => !zones.has(zoneName))
  )
    throw invalidParameter(
      'The subnets must be in the VPC and the Availability Zones of the load balancer of the service, and as public as it is.',
    )
  return {
    awsvpcConfiguration: {
      subnets: network.subnets.map(({ subnetId }) => subnetId),
      securityGroups: [
        express.securityGroupId,
        ...network.securityGroups.filter((id) => id !== express.securityGroupId),
      ],
      assignPublicIp: network.isPublic ? 'ENABLED' : 'DISABLED',
    },
  }
}

/** The load balancers of the revision, where requests go to another port from now on. */
const portChange = ({ loadBalancers = [] }: ServiceRevisionRecord, containerPort: number) =>
  loadBalancers.every((loadBalancer) => loadBalancer.containerPort === containerPort)
    ? {}
    : {
        loadBalancers: loadBalancers.map(({ resolvedTargetGroupArn: _resolved, ...asked }) => ({
          ...asked,
          containerPort,
        })),
      }

interface Served {
  readonly port: number
  readonly healthCheckPath: string | undefined
}

const prepareFor = (
  context: EcsContext,
  { express }: ExpressService,
  { loadBalancers: [first] = [] }: ServiceRevisionRecord,
  { port, healthCheckPath = '/' }: Served,
): void => {
  if (first !== undefined) updateTargetGroup(context, targetGroupOf(first), { port, healthCheckPath })
  const balancer = context.tx.loadBalancers.get(express.loadBalancerArn)
  if (balancer !== undefined) openPort(context, balancer, express.securityGroupId, port)
}
