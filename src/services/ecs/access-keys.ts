/**
 * The condition keys of ECS: what policies can ask of a request and of the resources that it names.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html
 */
import type {
  CapacityProviderStrategyItem,
  ClusterConfiguration,
  NetworkConfiguration,
  RegisterTaskDefinitionRequest,
  ServiceConnectConfiguration,
  ServiceVolumeConfiguration,
  Tag as TagInput,
  TaskVolumeConfiguration,
  VpcLatticeConfiguration,
} from '@aws-sdk/client-ecs'
import { containerInstanceArn, parseArn, resourceId, taskArn, taskSetArn } from '../../model/arn.ts'
import type { ContextValues } from '../../model/policy/types.ts'
import type { Tag, TaskDefinitionRecord } from '../../model/records.ts'
import { parseTaskCpu, parseTaskMemory } from '../../model/task-size.ts'
import type { ReadTables } from '../../store/tables.ts'
import { capacityProviderArnOf } from './capacity-providers.ts'
import type { EcsContext } from './context.ts'

/** `aws:ResourceTag/…` of the resource with that ARN, in whatever status it is. */
export const resourceTagKeys = (tables: ReadTables, arn: string): ContextValues =>
  Object.assign(
    {},
    taggedBy('aws:resourcetag/', tagsOf(tables, arn)),
    taggedBy('ecs:resourcetag/', tagsOf(tables, arn)),
  )

/** `aws:RequestTag/…` and `aws:TagKeys` of the tags that a request gives. */
export const requestTagKeys = (tags: readonly TagInput[] = []): ContextValues =>
  tags.length === 0 ? {} : { ...taggedBy('aws:requesttag/', tags), 'aws:tagkeys': tags.map(({ key = '' }) => key) }

/** Keys that differ in case only are one condition key, which has the values of all. */
const taggedBy = (prefix: string, tags: readonly TagInput[]): ContextValues => {
  const values: Record<string, string[]> = {}
  for (const { key = '', value = '' } of tags) (values[prefix + key.toLowerCase()] ??= []).push(value)
  return values
}

const NO_TAGS: readonly Tag[] = []

const tagsOf = (tables: ReadTables, arn: string): readonly Tag[] => {
  const type = parseArn(arn)?.resource.split('/', 1)[0] ?? ''
  return (Object.hasOwn(TAGGED, type) ? TAGGED[type]?.(tables, arn) : undefined) ?? NO_TAGS
}

const TAGGED: Readonly<Record<string, (tables: ReadTables, arn: string) => readonly Tag[] | undefined>> = {
  cluster: ({ clusters }, arn) => clusters.get(arn)?.tags,
  'capacity-provider': ({ capacityProviders }, arn) => capacityProviders.get(arn)?.tags,
  'container-instance': ({ containerInstances }, arn) => {
    const found = containerInstances.get(resourceId(arn))
    return found && containerInstanceArn(found.clusterArn, found.containerInstanceId) === arn ? found.tags : undefined
  },
  service: ({ services }, arn) => services.get(arn)?.tags,
  task: ({ tasks }, arn) => {
    const found = tasks.get(resourceId(arn))
    return found && taskArn(found.clusterArn, found.taskId) === arn ? found.tags : undefined
  },
  'task-definition': ({ taskDefinitions }, arn) => taskDefinitions.get(arn)?.tags,
  'task-set': ({ taskSets }, arn) => {
    const found = taskSets.get(arn.split('/').slice(-2).join('/'))
    return found && taskSetArn(found.serviceArn, found.taskSetId) === arn ? found.tags : undefined
  },
}

const IN_CLUSTER = /^(arn:[^/]*:)(?:task|container-instance|service)\/([^/]+)\//
const IN_SERVICE = /^(arn:[^/]*:)(?:service-deployment|service-revision|task-set)\/([^/]+)\/([^/]+)\//

/** `ecs:cluster` and `ecs:service` of what the resource's ARN says that it belongs to. */
export const placeKeys = (arn: string): ContextValues => {
  const [, ofCluster = '', cluster] = IN_CLUSTER.exec(arn) ?? []
  if (cluster !== undefined) return { 'ecs:cluster': [`${ofCluster}cluster/${cluster}`] }
  const [, prefix = '', itsCluster = '', service] = IN_SERVICE.exec(arn) ?? []
  if (service === undefined) return {}
  return {
    'ecs:cluster': [`${prefix}cluster/${itsCluster}`],
    'ecs:service': [`${prefix}service/${itsCluster}/${service}`],
  }
}

/** `ecs:capacity-provider`: the ARNs of capacity providers that are named. */
export const capacityProviderKeys = (
  context: EcsContext,
  ...named: readonly (readonly (string | CapacityProviderStrategyItem)[] | undefined)[]
): ContextValues => {
  const names = named
    .flatMap((list) => list ?? [])
    .map((item) => (typeof item === 'string' ? item : item.capacityProvider))
  const arns = new Set(names.map((name = '') => capacityProviderArnOf(context, name)))
  return arns.size === 0 ? {} : { 'ecs:capacity-provider': [...arns] }
}

/** What requests say of tasks that they start, now or by a service. */
export interface LaunchRequest {
  readonly capacityProviderStrategy?: readonly CapacityProviderStrategyItem[] | undefined
  readonly enableECSManagedTags?: boolean | undefined
  readonly enableExecuteCommand?: boolean | undefined
  readonly networkConfiguration?: NetworkConfiguration | undefined
  readonly propagateTags?: string | undefined
  readonly serviceConnectConfiguration?: ServiceConnectConfiguration | undefined
  readonly volumeConfigurations?: readonly (TaskVolumeConfiguration | ServiceVolumeConfiguration)[] | undefined
  readonly vpcLatticeConfigurations?: readonly VpcLatticeConfiguration[] | undefined
}

/** The keys of everything that the request says; what it leaves out has none. */
export const launchKeys = (context: EcsContext, request: LaunchRequest): ContextValues => {
  const { subnets = [], assignPublicIp } = request.networkConfiguration?.awsvpcConfiguration ?? {}
  const { namespace, enabled } = request.serviceConnectConfiguration ?? {}
  return {
    ...capacityProviderKeys(context, request.capacityProviderStrategy),
    ...flag('ecs:auto-assign-public-ip', assignPublicIp && assignPublicIp === 'ENABLED'),
    ...flag('ecs:enable-ebs-volumes', request.volumeConfigurations && request.volumeConfigurations.length > 0),
    ...flag('ecs:enable-ecs-managed-tags', request.enableECSManagedTags),
    ...flag('ecs:enable-execute-command', request.enableExecuteCommand),
    ...flag('ecs:enable-service-connect', enabled),
    ...flag('ecs:enable-vpc-lattice', request.vpcLatticeConfigurations && request.vpcLatticeConfigurations.length > 0),
    ...textKey('ecs:namespace', namespace),
    ...textKey('ecs:propagate-tags', request.propagateTags),
    ...(subnets.length > 0 && { 'ecs:subnet': subnets }),
  }
}

/** `ecs:task-definition` of a revision, and its sizes. */
export const taskDefinitionKeys = (arn: string, definition: TaskDefinitionRecord | undefined): ContextValues => ({
  'ecs:task-definition': [arn],
  ...sizeKeys(definition ?? {}),
})

/** What is asked of the request that registers a definition. */
export const definitionKeys = (request: RegisterTaskDefinitionRequest): ContextValues => {
  const privileged = new Set((request.containerDefinitions ?? []).map((container) => container.privileged ?? false))
  const compatibilities = request.requiresCompatibilities ?? []
  return {
    ...sizeKeys(request),
    ...(compatibilities.length > 0 && { 'ecs:compute-compatibility': compatibilities }),
    ...flag('ecs:privileged', privileged.has(true)),
  }
}

const sizeKeys = ({ cpu, memory }: { readonly cpu?: string | undefined; readonly memory?: string | undefined }) => ({
  ...textKey('ecs:task-cpu', cpu === undefined ? undefined : parseTaskCpu(cpu)?.toString()),
  ...textKey('ecs:task-memory', memory === undefined ? undefined : parseTaskMemory(memory)?.toString()),
})

const flag = (key: string, value: unknown): ContextValues =>
  typeof value === 'boolean' ? { [key]: [String(value)] } : {}

/** A key with one value, if there is one. */
export const textKey = (key: string, value: string | undefined): ContextValues => (value ? { [key]: [value] } : {})

/** `ecs:fargate-ephemeral-storage-kms-key` of a cluster's configuration. */
export const storageKey = ({
  configuration,
}: {
  readonly configuration?: ClusterConfiguration | undefined
}): ContextValues =>
  textKey(
    'ecs:fargate-ephemeral-storage-kms-key',
    configuration?.managedStorageConfiguration?.fargateEphemeralStorageKmsKeyId,
  )
