/**
 * CreateService: the record of a service, its first revision and deployment. Which tasks there are for it is for the service scheduler.
 */
import type { CreateServiceRequest, CreateServiceResponse } from '@aws-sdk/client-ecs'
import { compact } from '../../../kit/compact.ts'
import { resourceId, serviceArn } from '../../../model/arn.ts'
import { SERVICE_CLIENT_TOKEN_LENGTH } from '../../../model/limits.ts'
import type { ClusterRecord } from '../../../model/records.ts'
import type { ServiceRecord } from '../../../model/service-records.ts'
import { launchingNewService } from '../access-launches.ts'
import { creating, on, serviceArnOf } from '../access.ts'
import { beginServiceDeployment } from '../begin-service-deployment.ts'
import type { EcsContext, EcsOperation } from '../context.ts'
import { checkedDeploymentConfiguration } from '../deployment-configuration.ts'
import { describeService } from '../describe-service.ts'
import { ecsEnums, oneOf } from '../enums.ts'
import { invalidParameter, unsupportedFeature } from '../faults.ts'
import { forgetService } from '../../../store/forget-service.ts'
import { ECS_NAME, requireCluster } from '../lookups.ts'
import { checkStrategy, serviceRoleArn } from '../load-balancers.ts'
import { missing } from '../missing-member.ts'
import { checkedRevision, newRevision, type RevisionSettings } from '../revision-settings.ts'
import {
  checkedDesiredCount,
  checkedGracePeriod,
  checkedPropagateTags,
  checkPlacement,
  checkRebalancing,
  checkTaskRole,
  defaultRebalancing,
  placementOf,
  refuseUnsupported,
} from '../service-settings.ts'
import { checkedTags } from '../tags.ts'

export const createService: EcsOperation<CreateServiceRequest, CreateServiceResponse> = {
  access: (input, context) => {
    const { cluster, serviceName, tags } = input
    const { keys, roles } = launchingNewService(context, input)
    const demand = on(context.tx, serviceArnOf(context, { cluster, service: serviceName }), keys)
    return [...creating(context, 'CreateService', tags, demand), ...roles]
  },
  clientToken: {
    of: ({ clientToken }) => checkedToken(clientToken),
    scope: ({ cluster = 'default' }) => resourceId(cluster),
    // AWS: the same words as for a name that is taken.
    conflict: () => notIdempotent(),
  },
  handle: (input, context) => ({ service: describeService(context, insertService(context, input)) }),
}

/** The service as it begins; everything of the request is checked first. */
export const insertService = (context: EcsContext, input: CreateServiceRequest): ServiceRecord => {
  const cluster = requireCluster(context, input.cluster)
  const serviceName = checkedName(input.serviceName)
  refuseUnsupported(input)
  const kind = checkedKind(input)
  const revision = kind.deploymentController === 'ECS' ? checkedRevision(context, cluster, input) : undefined
  if (revision === undefined) refuseRevision(input)
  else if (kind.schedulingStrategy === 'DAEMON') checkDaemonCapacity(revision)
  const service = serviceOf(input, context, { cluster, serviceName, kind, revision })
  freeName(context, service.serviceArn)
  context.tx.services.insert(service)
  return revision === undefined
    ? service
    : beginServiceDeployment(context, service, newRevision(context, service, revision))
}

const notIdempotent = () => invalidParameter('Creation of service was not idempotent.')

const checkedToken = (token: string | undefined): string | undefined => {
  if (!token) return undefined
  if (token.length > SERVICE_CLIENT_TOKEN_LENGTH || !/^[\x21-\x7e]*$/.test(token))
    throw invalidParameter(
      `clientToken can have up to ${SERVICE_CLIENT_TOKEN_LENGTH} characters in the range of 33-126.`,
    )
  return token
}

const checkedName = (serviceName: string | undefined): string => {
  if (!serviceName) throw missing('serviceName')
  if (!ECS_NAME.test(serviceName))
    throw invalidParameter(
      'The service name can have up to 255 letters (uppercase and lowercase), numbers, underscores, and hyphens.',
    )
  return serviceName
}

type Kind = Pick<ServiceRecord, 'schedulingStrategy' | 'deploymentController'>

const checkedKind = (input: CreateServiceRequest): Kind => {
  const schedulingStrategy = oneOf(
    'schedulingStrategy',
    input.schedulingStrategy ?? 'REPLICA',
    ecsEnums.SchedulingStrategy,
  )
  const deploymentController = oneOf(
    'deploymentController.type',
    input.deploymentController?.type ?? 'ECS',
    ecsEnums.DeploymentControllerType,
  )
  if (deploymentController === 'CODE_DEPLOY')
    throw unsupportedFeature('The CODE_DEPLOY deployment controller is not supported. Use ECS or EXTERNAL.')
  if (schedulingStrategy === 'DAEMON' && deploymentController !== 'ECS')
    throw invalidParameter(
      `The daemon scheduling strategy does not support the ${deploymentController} deployment controller.`,
    )
  return { schedulingStrategy, deploymentController }
}

/** AWS: with an EXTERNAL controller, all that tasks are made of belongs to the task sets. */
const TASK_SET_MEMBERS = [
  'taskDefinition',
  'launchType',
  'capacityProviderStrategy',
  'platformVersion',
  'networkConfiguration',
  'loadBalancers',
  'role',
] as const

const isGiven = (value: unknown): boolean => value !== undefined && !(Array.isArray(value) && value.length === 0)

const refuseRevision = (input: CreateServiceRequest): void => {
  for (const member of TASK_SET_MEMBERS)
    if (isGiven(input[member]))
      throw invalidParameter(
        `${member} cannot be specified for a service with the EXTERNAL deployment controller. Specify it in CreateTaskSet.`,
      )
}

const checkDaemonCapacity = ({ launchType, capacityProviderStrategy }: RevisionSettings): void => {
  if (capacityProviderStrategy.length > 0)
    throw invalidParameter(
      'Specifying a capacity provider strategy is not supported when you create a service using the DAEMON scheduling strategy.',
    )
  if (launchType === 'FARGATE')
    throw invalidParameter('The daemon scheduling strategy is not supported with the FARGATE launch type.')
}

interface ServiceBasis {
  readonly cluster: ClusterRecord
  readonly serviceName: string
  readonly kind: Kind
  readonly revision: RevisionSettings | undefined
}

const serviceOf = (
  input: CreateServiceRequest,
  context: EcsContext,
  { cluster, serviceName, kind, revision }: ServiceBasis,
): ServiceRecord => {
  const definition = revision && context.tx.taskDefinitions.get(revision.taskDefinitionArn)
  const launchType = revision?.launchType ?? 'EC2'
  const enableExecuteCommand = input.enableExecuteCommand ?? false
  checkTaskRole(enableExecuteCommand, definition, 'created')
  const placement = placementOf(input)
  checkPlacement(placement, kind, definition, launchType)
  const deploymentConfiguration = checkedDeploymentConfiguration(input.deploymentConfiguration ?? {}, kind)
  const scheduling = { ...kind, ...placement, deploymentConfiguration }
  const availabilityZoneRebalancing = input.availabilityZoneRebalancing ?? defaultRebalancing(scheduling, launchType)
  checkRebalancing({ ...scheduling, availabilityZoneRebalancing }, launchType)
  checkStrategy(deploymentConfiguration, revision?.loadBalancers)
  return compact({
    serviceArn: serviceArn(cluster.clusterArn, serviceName),
    clusterArn: cluster.clusterArn,
    serviceName,
    status: 'ACTIVE' as const,
    ...scheduling,
    availabilityZoneRebalancing,
    desiredCount: requiredDesiredCount(input, kind),
    healthCheckGracePeriodSeconds: checkedGracePeriod(input.healthCheckGracePeriodSeconds),
    enableECSManagedTags: input.enableECSManagedTags ?? false,
    propagateTags: checkedPropagateTags(input.propagateTags) ?? 'NONE',
    enableExecuteCommand,
    roleArn: serviceRoleArn(context, input.role, revision?.loadBalancers ?? [], definition),
    createdAt: context.now,
    createdBy: context.principal.arn,
    tags: checkedTags(input.tags),
  })
}

/** A DAEMON service has none until its scheduler has counted the instances. */
const requiredDesiredCount = ({ desiredCount }: CreateServiceRequest, kind: Kind): number => {
  const checked = checkedDesiredCount(desiredCount, kind)
  if (checked === undefined && kind.schedulingStrategy === 'REPLICA')
    throw invalidParameter('desiredCount is required with the REPLICA scheduling strategy.')
  return checked ?? 0
}

/** A name is free as soon as its service is INACTIVE; nothing of that one is to be seen in the new one. */
const freeName = (context: EcsContext, arn: string): void => {
  const existing = context.tx.services.get(arn)
  if (existing === undefined) return
  if (existing.status === 'ACTIVE') throw notIdempotent()
  if (existing.status === 'DRAINING') throw invalidParameter('Unable to Start a service that is still Draining.')
  forgetService(context.tx, arn)
}
