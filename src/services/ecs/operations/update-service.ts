/**
 * UpdateService: changes a service. What its tasks are made of changes by a new revision and a deployment of it; everything else is
 * changed in place, and holds for what the scheduler does next. Which is which: UpdateServiceRequest in the API reference.
 */
import type { UpdateServiceRequest, UpdateServiceResponse } from '@aws-sdk/client-ecs'
import { compact } from '../../../kit/compact.ts'
import { isOver, rescaledDeployment } from '../../../model/new-deployment.ts'
import type { ClusterRecord } from '../../../model/records.ts'
import type { ServiceRecord } from '../../../model/service-records.ts'
import { launchingService } from '../access-launches.ts'
import { on, serviceArnOf } from '../access.ts'
import { beginServiceDeployment } from '../begin-service-deployment.ts'
import type { EcsContext, EcsOperation } from '../context.ts'
import { checkedDeploymentConfiguration } from '../deployment-configuration.ts'
import { describeService } from '../describe-service.ts'
import { invalidParameter, unsupportedFeature } from '../faults.ts'
import { checkStrategy, ecsRoleArn } from '../load-balancers.ts'
import { requireCluster } from '../lookups.ts'
import { newRevision } from '../revision-settings.ts'
import { isRevisionNew, updatedRevision, type UpdatedRevision } from '../revision-update.ts'
import { requireActiveService } from '../service-lookups.ts'
import {
  checkedDesiredCount,
  checkedGracePeriod,
  checkedPropagateTags,
  checkPlacement,
  checkRebalancing,
  checkTaskRole,
  placementOf,
  refuseUnsupported,
} from '../service-settings.ts'

export const updateService: EcsOperation<UpdateServiceRequest, UpdateServiceResponse> = {
  access: (input, context) => {
    const { keys, roles } = launchingService(context, input)
    return [on(context.tx, serviceArnOf(context, input), keys), ...roles]
  },
  handle: (input, context) => {
    const cluster = requireCluster(context, input.cluster)
    checkExpress(input, requireActiveService(context, cluster, input.service))
    return { service: describeService(context, changeService(context, input)) }
  },
}

/** The service as it is afterwards. */
export const changeService = (context: EcsContext, input: UpdateServiceRequest): ServiceRecord => {
  const cluster = requireCluster(context, input.cluster)
  const service = requireActiveService(context, cluster, input.service)
  refuseUnsupported(input)
  checkController(input, service)
  const revision = revisionOf(input, context, cluster, service)
  const changed = changedService(input, context, service, revision)
  const updated = rescaled(context, service, context.tx.services.put(changed))
  if (revision === undefined || !isRevisionNew(input, revision)) return updated
  return beginServiceDeployment(context, updated, newRevision(context, service, revision.wanted))
}

/** AWS: what may not be updated with an EXTERNAL controller belongs to its task sets, or to deployments that ECS itself makes. */
const NOT_EXTERNAL = [
  'taskDefinition',
  'capacityProviderStrategy',
  'platformVersion',
  'networkConfiguration',
  'loadBalancers',
  'deploymentConfiguration',
  'availabilityZoneRebalancing',
  'enableExecuteCommand',
  'forceNewDeployment',
] as const

const checkController = (input: UpdateServiceRequest, { deploymentController }: ServiceRecord): void => {
  const wanted = input.deploymentController?.type ?? deploymentController
  if (wanted !== deploymentController)
    throw unsupportedFeature('Changing the deployment controller of a service is not supported.')
  if (deploymentController === 'ECS') return
  for (const member of NOT_EXTERNAL)
    if (input[member])
      throw invalidParameter(`${member} cannot be updated for a service with the EXTERNAL deployment controller.`)
}

/** AWS: what ECS makes for an Express service is changed by UpdateExpressGatewayService, or at its own services. */
const checkExpress = (input: UpdateServiceRequest, { express, deploymentConfiguration }: ServiceRecord): void => {
  if (express === undefined) return
  if (input.loadBalancers !== undefined)
    throw invalidParameter('loadBalancers cannot be updated for an Express service.')
  const { strategy = deploymentConfiguration.strategy } = input.deploymentConfiguration ?? {}
  if (strategy !== deploymentConfiguration.strategy)
    throw invalidParameter('The deployment strategy of an Express service cannot be updated.')
}

const revisionOf = (
  input: UpdateServiceRequest,
  context: EcsContext,
  cluster: ClusterRecord,
  service: ServiceRecord,
): UpdatedRevision | undefined => {
  if (service.deploymentController !== 'ECS') return undefined
  if (service.schedulingStrategy === 'DAEMON' && input.capacityProviderStrategy?.length)
    throw invalidParameter(
      'Specifying a capacity provider strategy is not supported when you update a service using the DAEMON scheduling strategy.',
    )
  return updatedRevision(input, context, cluster, service)
}

/** What the request leaves out stays as it is; an empty list removes what there was. */
const changedService = (
  input: UpdateServiceRequest,
  context: EcsContext,
  service: ServiceRecord,
  revision: UpdatedRevision | undefined,
): ServiceRecord => {
  const { roleArn: _former, ...kept } = service
  const { launchType = 'EC2', loadBalancers = [] } = revision?.wanted ?? {}
  const { placementConstraints, placementStrategy } = placementOf(input)
  const changed: ServiceRecord = {
    ...kept,
    ...compact({
      desiredCount: checkedDesiredCount(input.desiredCount, service),
      deploymentConfiguration:
        input.deploymentConfiguration &&
        checkedDeploymentConfiguration(input.deploymentConfiguration, service, service.deploymentConfiguration),
      availabilityZoneRebalancing: input.availabilityZoneRebalancing,
      placementConstraints: input.placementConstraints && placementConstraints,
      placementStrategy: input.placementStrategy && placementStrategy,
      healthCheckGracePeriodSeconds: checkedGracePeriod(input.healthCheckGracePeriodSeconds),
      enableECSManagedTags: input.enableECSManagedTags,
      propagateTags: checkedPropagateTags(input.propagateTags),
      enableExecuteCommand: input.enableExecuteCommand,
      roleArn: loadBalancers.length === 0 ? undefined : (service.roleArn ?? ecsRoleArn(context)),
    }),
  }
  checkPlacement(changed, service, revision?.definition, launchType)
  checkRebalancing(changed, launchType)
  checkStrategy(changed.deploymentConfiguration, loadBalancers)
  checkTaskRole(changed.enableExecuteCommand, revision?.definition, 'updated')
  return changed
}

/** AWS: a change of the desired count begins no deployment, and one under way goes on to the new count. */
const rescaled = ({ tx, now }: EcsContext, before: ServiceRecord, service: ServiceRecord): ServiceRecord => {
  if (before.desiredCount === service.desiredCount) return service
  const current = tx.serviceDeployments.get(service.currentServiceDeploymentArn ?? '')
  if (current !== undefined && !isOver(current))
    tx.serviceDeployments.put(rescaledDeployment(current, service.desiredCount, now))
  return tx.services.update(service.serviceArn, { steadySince: undefined })
}
