/**
 * What the tasks of a service are made of, as CreateService, UpdateService and CreateTaskSet say it: checked, with defaults, in the
 * form of a service revision. Rules: the members of the same names of CreateServiceRequest in the API reference.
 */
import type {
  CapacityProviderStrategyItem,
  LoadBalancer,
  LaunchType as LaunchTypeInput,
  NetworkConfiguration,
} from '@aws-sdk/client-ecs'
import { compact } from '../../kit/compact.ts'
import { decimal19 } from '../../kit/ids.ts'
import { serviceRevisionArn } from '../../model/arn.ts'
import type { ClusterRecord, TaskDefinitionRecord } from '../../model/records.ts'
import type { RevisionLoadBalancer, ServiceRecord, ServiceRevisionRecord } from '../../model/service-records.ts'
import type { LaunchType } from '../../model/task-reservation.ts'
import type { EcsContext } from './context.ts'
import { fargatePlatformVersion } from './fargate.ts'
import { invalidParameter } from './faults.ts'
import { type Capacity, checkCompatible, checkedCapacity } from './launch-target.ts'
import { requireActiveTaskDefinition } from './lookups.ts'
import { checkedLoadBalancers } from './load-balancers.ts'
import { checkNetworkConfiguration } from './network-configuration.ts'
import { checkVolumes } from './task-launch.ts'

export interface RevisionRequest {
  readonly taskDefinition?: string | undefined
  readonly launchType?: LaunchTypeInput | undefined
  readonly capacityProviderStrategy?: readonly CapacityProviderStrategyItem[] | undefined
  readonly platformVersion?: string | undefined
  readonly networkConfiguration?: NetworkConfiguration | undefined
  readonly loadBalancers?: readonly LoadBalancer[] | undefined
}

/** The members of a revision that a request decides. */
export type RevisionSettings = Omit<
  ServiceRevisionRecord,
  'serviceRevisionArn' | 'serviceArn' | 'clusterArn' | 'createdAt'
>

/** The settings of a request that names everything itself. */
export const checkedRevision = (
  context: EcsContext,
  cluster: ClusterRecord,
  request: RevisionRequest,
): RevisionSettings => {
  const definition = requireActiveTaskDefinition(context, request.taskDefinition)
  const settings = revisionSettings({
    definition,
    capacity: checkedCapacity(request, cluster),
    platformVersion: request.platformVersion,
    networkConfiguration: request.networkConfiguration,
  })
  return withLoadBalancers(settings, checkedLoadBalancers(context, request.loadBalancers ?? [], definition))
}

export const withLoadBalancers = (
  { loadBalancers: _former, ...settings }: RevisionSettings,
  loadBalancers: readonly RevisionLoadBalancer[],
): RevisionSettings => (loadBalancers.length === 0 ? settings : { ...settings, loadBalancers })

export interface WantedRevision {
  readonly definition: TaskDefinitionRecord
  readonly capacity: Capacity
  /** As asked for: `LATEST`, a version, or nothing. */
  readonly platformVersion: string | undefined
  readonly networkConfiguration: NetworkConfiguration | undefined
}

/** The parts of a revision, checked against each other. */
export const revisionSettings = ({
  definition,
  capacity,
  platformVersion,
  networkConfiguration,
}: WantedRevision): RevisionSettings => {
  checkCompatible(definition, capacity.launchType)
  checkVolumes({}, definition)
  checkNetworkConfiguration(networkConfiguration, definition, capacity.launchType)
  return {
    taskDefinitionArn: definition.taskDefinitionArn,
    ...capacity,
    ...platformOf(platformVersion, definition, capacity.launchType),
    ...compact({ networkConfiguration }),
  }
}

const platformOf = (
  requested: string | undefined,
  definition: TaskDefinitionRecord,
  launchType: LaunchType,
): Pick<RevisionSettings, 'platformVersion' | 'isLatestPlatform'> => {
  if (launchType === 'FARGATE') {
    const isLatest = !requested || requested === 'LATEST'
    return {
      platformVersion: fargatePlatformVersion(requested || undefined, definition),
      ...(isLatest && { isLatestPlatform: true }),
    }
  }
  if (requested) throw invalidParameter('The platform version must be null when specifying an EC2 launch type.')
  return {}
}

/** A revision of the service with a number of its own. */
export const newRevision = (
  { ids, now }: Pick<EcsContext, 'ids' | 'now'>,
  { serviceArn, clusterArn }: Pick<ServiceRecord, 'serviceArn' | 'clusterArn'>,
  settings: RevisionSettings,
): ServiceRevisionRecord => ({
  serviceRevisionArn: serviceRevisionArn(serviceArn, decimal19(ids)),
  serviceArn,
  clusterArn,
  ...settings,
  createdAt: now,
})
