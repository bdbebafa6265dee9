/** The revision that UpdateService asks for: what the service's tasks are made of now, with the request laid over it. */
import type { DeploymentStrategy, LoadBalancer, UpdateServiceRequest } from '@aws-sdk/client-ecs'
import { defined } from '../../kit/assert.ts'
import { compact } from '../../kit/compact.ts'
import { util } from '../../kit/node.ts'
import { lastCompleted } from '../../model/completed-revision.ts'
import { resolveGroups } from '../../model/load-balancing/revision-groups.ts'
import type { ClusterRecord, TaskDefinitionRecord } from '../../model/records.ts'
import type { RevisionLoadBalancer, ServiceRecord, ServiceRevisionRecord } from '../../model/service-records.ts'
import type { EcsContext } from './context.ts'
import { clientException, invalidParameter } from './faults.ts'
import { requireActiveTaskDefinition } from './lookups.ts'
import { type Capacity, checkedCapacity } from './launch-target.ts'
import { checkedLoadBalancers } from './load-balancers.ts'
import { revisionSettings, type RevisionSettings, withLoadBalancers } from './revision-settings.ts'
import { primaryRevision } from './service-lookups.ts'

export interface UpdatedRevision {
  readonly current: ServiceRevisionRecord
  readonly wanted: RevisionSettings
  /** Of the wanted revision; absent if a request that leaves it alone comes after it was deleted. */
  readonly definition: TaskDefinitionRecord | undefined
}

type Asked = Pick<
  UpdateServiceRequest,
  | 'taskDefinition'
  | 'capacityProviderStrategy'
  | 'platformVersion'
  | 'networkConfiguration'
  | 'loadBalancers'
  | 'deploymentConfiguration'
  | 'forceNewDeployment'
>

/** `wanted` is the current revision where the request says nothing of it. */
export const updatedRevision = (
  input: Asked,
  context: EcsContext,
  cluster: ClusterRecord,
  service: ServiceRecord,
): UpdatedRevision => {
  const current = defined(primaryRevision(context.tx, service), 'the revision of a service')
  const definition =
    input.taskDefinition === undefined
      ? context.tx.taskDefinitions.get(current.taskDefinitionArn)
      : requireActiveTaskDefinition(context, input.taskDefinition)
  if (!asksForRevision(input)) return { current, wanted: current, definition }
  if (definition === undefined) throw clientException('TaskDefinition not found.')
  const capacity = updatedCapacity(input, current, cluster)
  const settings = revisionSettings({
    definition,
    capacity,
    platformVersion: input.platformVersion ?? keptPlatform(current, capacity),
    networkConfiguration: input.networkConfiguration ?? keptNetwork(current, definition),
  })
  const { strategy } = { ...service.deploymentConfiguration, ...compact(input.deploymentConfiguration ?? {}) }
  const loadBalancers = checkedLoadBalancers(context, input.loadBalancers ?? asked(current), definition)
  const wanted = withLoadBalancers(settings, resolved(context, service, current, loadBalancers, strategy))
  return { current, wanted, definition }
}

const asksForRevision = (input: Asked): boolean =>
  input.taskDefinition !== undefined ||
  input.capacityProviderStrategy !== undefined ||
  input.platformVersion !== undefined ||
  input.networkConfiguration !== undefined ||
  input.loadBalancers !== undefined ||
  input.forceNewDeployment === true

/** Whether a deployment is to begin: the request forces one, or tasks would be made of something else. */
export const isRevisionNew = (input: Asked, { current, wanted }: UpdatedRevision): boolean =>
  input.forceNewDeployment === true || !util.isDeepStrictEqual(comparable(current), comparable(wanted))

/** What LATEST means changes without anyone having asked for a deployment. */
const comparable = (settings: RevisionSettings): unknown[] => [
  settings.taskDefinitionArn,
  settings.launchType,
  byProvider(settings.capacityProviderStrategy),
  settings.isLatestPlatform ? 'LATEST' : settings.platformVersion,
  withoutOrder(settings.networkConfiguration),
  asked(settings),
]

/** The order of a strategy says nothing. */
const byProvider = (strategy: Capacity['capacityProviderStrategy']): unknown =>
  new Map(strategy.map((item) => [item.capacityProvider, item]))

/** Nor does that of subnets and security groups. */
const withoutOrder = (configuration: RevisionSettings['networkConfiguration']): unknown => {
  const { subnets, securityGroups, ...others } = configuration?.awsvpcConfiguration ?? {}
  return [new Set(subnets), new Set(securityGroups), others]
}

/** AWS: a change of the strategy begins no deployment by itself, and needs one; an empty list goes back to the launch type. */
const updatedCapacity = (
  { capacityProviderStrategy: strategy, forceNewDeployment }: Asked,
  current: ServiceRevisionRecord,
  cluster: ClusterRecord,
): Capacity => {
  const { launchType, capacityProviderStrategy } = current
  if (strategy === undefined) return { launchType, capacityProviderStrategy }
  const capacity =
    strategy.length === 0
      ? { launchType, capacityProviderStrategy: [] }
      : checkedCapacity({ capacityProviderStrategy: strategy }, cluster)
  const isChanged = !util.isDeepStrictEqual(
    byProvider(capacity.capacityProviderStrategy),
    byProvider(capacityProviderStrategy),
  )
  if (isChanged && !forceNewDeployment)
    throw invalidParameter(
      'When switching from launch type to capacity provider strategy on an existing service, or making a change to a ' +
        'capacity provider strategy on a service that is already using one, you must force a new deployment.',
    )
  return capacity
}

/** A platform version is for Fargate alone: it goes with it, and without one there is the latest. */
const keptPlatform = (current: ServiceRevisionRecord, { launchType }: Capacity): string | undefined => {
  if (launchType !== 'FARGATE' || current.isLatestPlatform) return undefined
  return current.platformVersion
}

/** Which of two target groups became the revision's is no difference between what was asked for. */
const asked = ({ loadBalancers = [] }: Pick<RevisionSettings, 'loadBalancers'>): LoadBalancer[] =>
  loadBalancers.map(({ resolvedTargetGroupArn: _resolved, ...loadBalancer }) => loadBalancer)

/** A revision that never completed has no traffic that another could take over, but its tasks have their target group. */
const resolved = (
  { tx }: EcsContext,
  { serviceArn }: ServiceRecord,
  current: ServiceRevisionRecord,
  loadBalancers: readonly RevisionLoadBalancer[],
  strategy: DeploymentStrategy,
): readonly RevisionLoadBalancer[] => {
  const completed = lastCompleted(tx.serviceDeployments.iterate('byService', serviceArn))?.serviceRevisionArn
  const predecessor = tx.serviceRevisions.get(completed ?? '') ?? current
  return resolveGroups(loadBalancers, predecessor.loadBalancers ?? [], strategy !== 'ROLLING')
}

/** A definition that has no network interface of its own has no use for the configuration of one. */
const keptNetwork = (
  { networkConfiguration }: ServiceRevisionRecord,
  { networkMode }: TaskDefinitionRecord,
): ServiceRevisionRecord['networkConfiguration'] => (networkMode === 'awsvpc' ? networkConfiguration : undefined)
