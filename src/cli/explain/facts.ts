/** All that the API knows of a service and that an explanation may need: asked like any customer, plus the scheduler's last plan. */
import {
  DescribeContainerInstancesCommand,
  DescribeServiceDeploymentsCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  type ContainerInstance,
  type ECSClient,
  paginateListContainerInstances,
  paginateListServices,
  paginateListTasks,
  type Service,
  type ServiceDeployment,
  type Task,
  type TaskDefinition,
} from '@aws-sdk/client-ecs'
import { closestName } from '../../kit/closest-name.ts'
import { UserError } from '../../kit/command.ts'
import { lastPlanOf, type ServiceExplanation } from './last-plan.ts'
import { listed, shortName } from './words.ts'

export interface Facts {
  readonly now: number
  readonly service: Service
  /** The service deployment under way, or the last one. */
  readonly deployment: ServiceDeployment | undefined
  /** Undefined from a server that keeps no plans. */
  readonly explanation: ServiceExplanation | undefined
  /** Those that are to run. */
  readonly tasks: readonly Task[]
  /** The last ones that stopped, newest first. */
  readonly stopped: readonly Task[]
  /** Those on which a task found no place, or all of the cluster where none was asked; by id. */
  readonly instances: ReadonlyMap<string, ContainerInstance>
  /** ARNs of the cluster's instances that are DRAINING. */
  readonly draining: ReadonlySet<string>
  /** By ARN. */
  readonly definitions: ReadonlyMap<string, TaskDefinition>
}

const DESCRIBE_ITEMS = 100
/** Tasks of one desired status that are listed, and of those the last that are described. */
const LISTED_TASKS = 10_000
const DESCRIBED_TASKS = 1000
export const DESCRIBED_STOPPED = 100
const LISTED_INSTANCES = 1000
/** Services that an error message names. */
const NAMED_SERVICES = 20

export const readFacts = async (client: ECSClient, cluster: string, name: string, now: number): Promise<Facts> => {
  const service = await requireService(client, cluster, name)
  const { clusterArn = '', serviceArn = '' } = service
  // An INACTIVE service has no tasks, and the name is free for another.
  const isGone = service.status === 'INACTIVE'
  const explanation = isGone ? undefined : await lastPlanOf(client, clusterArn, serviceArn)
  return {
    now,
    service,
    deployment: isGone ? undefined : await readDeployment(client, service),
    explanation,
    tasks: isGone ? [] : await readTasks(client, service, 'RUNNING', DESCRIBED_TASKS),
    stopped: isGone
      ? []
      : (await readTasks(client, service, 'STOPPED', DESCRIBED_STOPPED)).filter(hasStopped).reverse(),
    instances: await readInstances(client, clusterArn, await instancesInQuestion(client, clusterArn, explanation)),
    draining: new Set(isGone ? [] : await listInstances(client, clusterArn, 'DRAINING')),
    definitions: await readDefinitions(client, service, explanation),
  }
}

const hasStopped = ({ lastStatus }: Task): boolean => lastStatus === 'STOPPED'

const requireService = async (client: ECSClient, cluster: string, name: string): Promise<Service> => {
  const { services = [] } = await client.send(new DescribeServicesCommand({ cluster, services: [name] }))
  const [service] = services
  if (service !== undefined) return service
  throw new UserError(noSuchService(name, shortName(cluster), await serviceNames(client, cluster)))
}

/** Of all services of the cluster. */
export const serviceNames = async (client: ECSClient, cluster: string): Promise<string[]> => {
  const names: string[] = []
  for await (const { serviceArns = [] } of paginateListServices({ client, pageSize: DESCRIBE_ITEMS }, { cluster }))
    names.push(...serviceArns.map(shortName))
  return names
}

const noSuchService = (name: string, cluster: string, names: readonly string[]): string => {
  const meant = closestName(name, names)
  const hint = meant === undefined ? '' : ` (is "${meant}" meant?)`
  return `The cluster ${cluster} has no service "${name}"${hint}. ${inventory(names)}`
}

export const inventory = (names: readonly string[]): string => {
  if (names.length === 0) return 'It has no services at all; --cluster names another cluster.'
  const shown = names.toSorted().slice(0, NAMED_SERVICES)
  const others = names.length - shown.length
  return `Its services: ${listed(others === 0 ? shown : [...shown, `${others} more`])}.`
}

const readDeployment = async (
  client: ECSClient,
  { currentServiceDeployment: arn }: Service,
): Promise<ServiceDeployment | undefined> => {
  if (arn === undefined) return undefined
  const command = new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [arn] })
  return (await client.send(command)).serviceDeployments?.[0]
}

const readTasks = async (
  client: ECSClient,
  { clusterArn: cluster, serviceName }: Service,
  desiredStatus: 'RUNNING' | 'STOPPED',
  most: number,
): Promise<Task[]> => {
  const arns: string[] = []
  const pages = paginateListTasks({ client, pageSize: DESCRIBE_ITEMS }, { cluster, serviceName, desiredStatus })
  for await (const { taskArns = [] } of pages) {
    arns.push(...taskArns)
    if (arns.length >= LISTED_TASKS) break
  }
  const tasks: Task[] = []
  for (const some of inPortions(arns.slice(-most)))
    tasks.push(...((await client.send(new DescribeTasksCommand({ cluster, tasks: some }))).tasks ?? []))
  return tasks.toSorted((a, b) => timeOf(a.stoppedAt ?? a.createdAt) - timeOf(b.stoppedAt ?? b.createdAt))
}

const timeOf = (moment: { getTime(): number } | undefined): number => moment?.getTime() ?? 0

/** A placement that asked no instance at all leaves open what is wrong with those there are. */
const instancesInQuestion = async (
  client: ECSClient,
  cluster: string,
  explanation: ServiceExplanation | undefined,
): Promise<string[]> => {
  const refusals = explanation?.plan?.groups.flatMap(({ placementFailures }) => placementFailures) ?? []
  const ids = [...new Set(refusals.flatMap(({ containerInstanceId }) => containerInstanceId ?? []))]
  return refusals.length === 0 || ids.length > 0 ? ids : listInstances(client, cluster)
}

const listInstances = async (client: ECSClient, cluster: string, status?: 'DRAINING'): Promise<string[]> => {
  const arns: string[] = []
  const pages = paginateListContainerInstances({ client, pageSize: DESCRIBE_ITEMS }, { cluster, status })
  for await (const { containerInstanceArns = [] } of pages) {
    arns.push(...containerInstanceArns)
    if (arns.length >= LISTED_INSTANCES) break
  }
  return arns
}

const readInstances = async (
  client: ECSClient,
  cluster: string,
  ids: readonly string[],
): Promise<Map<string, ContainerInstance>> => {
  const instances = new Map<string, ContainerInstance>()
  for (const containerInstances of inPortions(ids)) {
    const described = await client.send(new DescribeContainerInstancesCommand({ cluster, containerInstances }))
    for (const instance of described.containerInstances ?? [])
      instances.set(shortName(instance.containerInstanceArn), instance)
  }
  return instances
}

/** Only where a placement has to be explained. */
const readDefinitions = async (
  client: ECSClient,
  service: Service,
  explanation: ServiceExplanation | undefined,
): Promise<Map<string, TaskDefinition>> => {
  const definitions = new Map<string, TaskDefinition>()
  for (const { holderId, placementFailures } of explanation?.plan?.groups ?? []) {
    const arn = holderOf(service, holderId)?.taskDefinition
    if (placementFailures.length === 0 || arn === undefined || definitions.has(arn)) continue
    const { taskDefinition } = await client.send(new DescribeTaskDefinitionCommand({ taskDefinition: arn }))
    if (taskDefinition !== undefined) definitions.set(arn, taskDefinition)
  }
  return definitions
}

/** The deployment or task set of that id. */
export const holderOf = (
  { deployments = [], taskSets = [] }: Service,
  holderId: string,
): { readonly taskDefinition?: string | undefined } | undefined =>
  [...deployments, ...taskSets].find(({ id }) => id === holderId)

const inPortions = <T>(items: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(items.length / DESCRIBE_ITEMS) }, (_, portion) =>
    items.slice(portion * DESCRIBE_ITEMS, (portion + 1) * DESCRIBE_ITEMS),
  )
