/**
 * What callers of ECS's operations must be allowed to do: the operation's action on the resources that the input names, each with the
 * condition keys that its ARN and its tags give.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html
 */
import type { Tag as TagInput } from '@aws-sdk/client-ecs'
import { accountSettingInForce, settingsOwner } from '../../model/account-settings.ts'
import type { ContextValues } from '../../model/policy/types.ts'
import type { ReadTables } from '../../store/tables.ts'
import type { Demand } from '../operations.ts'
import {
  clusterNamed,
  containerInstanceNamed,
  serviceNamed,
  serviceOfArn,
  taskNamed,
  taskSetNamed,
} from './access-arns.ts'
import { placeKeys, requestTagKeys, resourceTagKeys } from './access-keys.ts'
import type { EcsContext } from './context.ts'

/** Stands for those of a kind that a request does not name, or that do not exist yet. */
export const ANY = '*'

export const on = (tables: ReadTables, resource: string, keys: ContextValues = {}): Demand => ({
  resource,
  context: { ...placeKeys(resource), ...resourceTagKeys(tables, resource), ...keys },
})

/** The action has no resource. */
export const onAnything = (keys: ContextValues = {}): readonly Demand[] => [{ resource: ANY, context: keys }]

interface InCluster {
  readonly cluster?: string | undefined
}

export const onCluster = ({ cluster }: InCluster, context: EcsContext): readonly Demand[] => [
  on(context.tx, clusterNamed(context, cluster)),
]

/** `ecs:cluster`, where the resource is another. */
export const clusterKey = (context: EcsContext, { cluster }: InCluster): ContextValues => ({
  'ecs:cluster': [clusterNamed(context, cluster)],
})

interface InService extends InCluster {
  readonly service?: string | undefined
}

export const serviceArnOf = (context: EcsContext, { cluster, service = ANY }: InService): string =>
  serviceNamed(clusterNamed(context, cluster), service)

export const onService = (input: InService, context: EcsContext): readonly Demand[] => [
  on(context.tx, serviceArnOf(context, input)),
]

/** Demands on each of what is named, or on all that there may be if nothing is. */
export const onEach = (
  context: EcsContext,
  named: readonly (string | undefined)[] | undefined,
  arnOf: (name: string) => string,
): readonly Demand[] => {
  const names = named?.length ? named : [undefined]
  const arns = new Set(names.map((name) => arnOf(name || ANY)))
  return Array.from(arns, (arn) => on(context.tx, arn))
}

export const onServices = (
  { cluster, services }: InCluster & { readonly services?: readonly string[] | undefined },
  context: EcsContext,
): readonly Demand[] => onEach(context, services, (service) => serviceArnOf(context, { cluster, service }))

export const onTasks = (
  { cluster, tasks }: InCluster & { readonly tasks?: readonly string[] | undefined },
  context: EcsContext,
): readonly Demand[] => {
  const arn = clusterNamed(context, cluster)
  return onEach(context, tasks, (task) => taskNamed(arn, task))
}

export const onTask = (
  { cluster, task = '' }: InCluster & { readonly task?: string | undefined },
  context: EcsContext,
): readonly Demand[] => onTasks({ cluster, tasks: [task] }, context)

interface NamesInstances extends InCluster {
  readonly containerInstances?: readonly (string | undefined)[] | undefined
}

export const onContainerInstances = (
  { cluster, containerInstances }: NamesInstances,
  context: EcsContext,
): readonly Demand[] => {
  const arn = clusterNamed(context, cluster)
  return onEach(context, containerInstances, (instance) => containerInstanceNamed(arn, instance))
}

export const onContainerInstance = (
  { cluster, containerInstance }: InCluster & { readonly containerInstance?: string | undefined },
  context: EcsContext,
): readonly Demand[] => onContainerInstances({ cluster, containerInstances: [containerInstance] }, context)

/** The container instances that attributes are meant for. */
export const onAttributeTargets = (
  {
    cluster,
    attributes,
  }: InCluster & { readonly attributes?: readonly { readonly targetId?: string | undefined }[] | undefined },
  context: EcsContext,
): readonly Demand[] =>
  onContainerInstances({ cluster, containerInstances: attributes?.map(({ targetId }) => targetId) }, context)

export const onTaskSets = (
  { taskSets, ...service }: InService & { readonly taskSets?: readonly string[] | undefined },
  context: EcsContext,
): readonly Demand[] => {
  const arn = serviceArnOf(context, service)
  return onEach(context, taskSets, (taskSet) => taskSetNamed(arn, taskSet))
}

export const onTaskSet = (
  { taskSet = '', ...service }: InService & { readonly taskSet?: string | undefined },
  context: EcsContext,
): readonly Demand[] => onTaskSets({ ...service, taskSets: [taskSet] }, context)

/** Service deployments or service revisions, and the services that they are of. */
export const onPartsOfServices = (arns: readonly string[] | undefined, context: EcsContext): readonly Demand[] => [
  ...onEach(context, arns, serviceOfArn),
  ...onEach(context, arns, (arn) => arn),
]

export const onServiceDeployment = (
  { serviceDeploymentArn = '' }: { readonly serviceDeploymentArn?: string | undefined },
  context: EcsContext,
): readonly Demand[] => onPartsOfServices([serviceDeploymentArn], context)

/**
 * What creates something with these tags. AWS: that needs `ecs:TagResource`, too, unless the account has turned the check off.
 * `tagged`: what gets the tags, if it is not what the demand is on.
 */
export const creating = (
  context: EcsContext,
  createAction: string,
  tags: readonly TagInput[] | undefined,
  demand: Demand,
  tagged: string = demand.resource,
): readonly Demand[] => {
  const keys = requestTagKeys(tags)
  const creation = { ...demand, context: { ...demand.context, ...keys } }
  if (!tags?.length || !isTaggingAuthorized(context)) return [creation]
  const createKey = { 'ecs:createaction': [createAction] }
  return [creation, { ...on(context.tx, tagged, { ...keys, ...createKey }), action: 'ecs:TagResource' }]
}

const isTaggingAuthorized = (context: EcsContext): boolean => {
  const { accountSettings } = context.tx
  const owner = settingsOwner(context.principal.arn)
  return accountSettingInForce((key) => accountSettings.get(key), context, 'tagResourceAuthorization', owner) === 'on'
}
