/** `longshore status`: what runs, by cluster, instance and service, asked of the API like any customer. */
import {
  DescribeClustersCommand,
  DescribeContainerInstancesCommand,
  DescribeServicesCommand,
  ECSClient,
  paginateListClusters,
  paginateListContainerInstances,
  paginateListServices,
  type Cluster,
  type ContainerInstance,
  type Service,
} from '@aws-sdk/client-ecs'
import type { LoadBalancer } from '@aws-sdk/client-elastic-load-balancing-v2'
import { command, UserError } from '../kit/command.ts'
import type { RootAccessKey, RunningNote } from '../kit/installation.ts'
import { loadBalancerSummary, loadBalancerTable, readLoadBalancers } from './load-balancer-status.ts'
import { clientCredentials, dataDirOption, requireNote } from './options.ts'
import { table } from './table.ts'

const DESCRIBE_ITEMS = 100
/** DescribeServices takes no more at once. */
const DESCRIBE_SERVICES = 10

interface ClusterStatus {
  readonly cluster: Cluster
  readonly instances: readonly ContainerInstance[]
  readonly services: readonly Service[]
}

export const statusCommand = command({
  name: 'status',
  summary: 'show what runs',
  options: { ...dataDirOption, json: { type: 'boolean', description: 'print JSON for scripts' } },
  run: async ({ 'data-dir': dataDir, json }) => {
    const note = requireNote(dataDir)
    const credentials = clientCredentials(dataDir, note)
    const clusters = await ask(note, credentials)
    const loadBalancers = await readLoadBalancers(dataDir, note, credentials)
    const summaries = {
      clusters: clusters.map(summary),
      ...(loadBalancers.length > 0 && { loadBalancers: loadBalancers.map(loadBalancerSummary) }),
    }
    process.stdout.write(
      json
        ? `${JSON.stringify({ ...note, processStart: undefined, ...summaries }, null, 2)}\n`
        : page(note, clusters, loadBalancers),
    )
    return 0
  },
})

const ask = async (note: RunningNote, credentials: RootAccessKey): Promise<ClusterStatus[]> => {
  const client = new ECSClient({ endpoint: note.endpoint, region: note.region, credentials })
  try {
    return await readClusters(client)
  } catch (error) {
    const { name, message } = error as Error
    throw new UserError(
      `Longshore runs as process ${note.processId}, but ${note.endpoint} does not answer as it should (${message || name}): its log says why.`,
      { cause: error },
    )
  } finally {
    client.destroy()
  }
}

const readClusters = async (client: ECSClient): Promise<ClusterStatus[]> => {
  const statuses: ClusterStatus[] = []
  for await (const { clusterArns = [] } of paginateListClusters({ client, pageSize: DESCRIBE_ITEMS }, {})) {
    if (clusterArns.length === 0) continue
    const { clusters = [] } = await client.send(new DescribeClustersCommand({ clusters: clusterArns }))
    for (const cluster of clusters) {
      const [instances, services] = [await readInstances(client, cluster), await readServices(client, cluster)]
      statuses.push({ cluster, instances, services })
    }
  }
  return statuses
}

const readInstances = async (client: ECSClient, { clusterArn }: Cluster): Promise<ContainerInstance[]> => {
  const instances: ContainerInstance[] = []
  const pages = paginateListContainerInstances({ client, pageSize: DESCRIBE_ITEMS }, { cluster: clusterArn })
  for await (const { containerInstanceArns = [] } of pages) {
    if (containerInstanceArns.length === 0) continue
    const described = await client.send(
      new DescribeContainerInstancesCommand({ cluster: clusterArn, containerInstances: containerInstanceArns }),
    )
    instances.push(...(described.containerInstances ?? []))
  }
  return instances
}

/** By name. */
const readServices = async (client: ECSClient, { clusterArn: cluster }: Cluster): Promise<Service[]> => {
  const services: Service[] = []
  const pages = paginateListServices({ client, pageSize: DESCRIBE_SERVICES }, { cluster })
  for await (const { serviceArns = [] } of pages) {
    if (serviceArns.length === 0) continue
    const described = await client.send(new DescribeServicesCommand({ cluster, services: serviceArns }))
    services.push(...(described.services ?? []))
  }
  return services.toSorted((one, other) => nameOf(one).localeCompare(nameOf(other), 'en'))
}

const nameOf = ({ serviceName = '' }: Service): string => serviceName

const summary = ({ cluster, instances, services }: ClusterStatus): object => ({
  clusterName: cluster.clusterName,
  runningTasksCount: cluster.runningTasksCount,
  pendingTasksCount: cluster.pendingTasksCount,
  activeServicesCount: cluster.activeServicesCount,
  containerInstances: instances.map((instance) => ({
    containerInstanceArn: instance.containerInstanceArn,
    status: instance.status,
    agentConnected: instance.agentConnected,
    runtime: runtimeOf(instance),
    runningTasksCount: instance.runningTasksCount,
    pendingTasksCount: instance.pendingTasksCount,
  })),
  services: services.map((service) => ({
    serviceArn: service.serviceArn,
    status: service.status,
    schedulingStrategy: service.schedulingStrategy,
    taskDefinition: service.taskDefinition,
    desiredCount: service.desiredCount,
    runningCount: service.runningCount,
    pendingCount: service.pendingCount,
    rolloutState: rolloutOf(service),
  })),
})

const page = (
  note: RunningNote,
  clusters: readonly ClusterStatus[],
  loadBalancers: readonly LoadBalancer[],
): string => {
  const mode = note.isDev ? 'any credentials are accepted (--dev)' : 'signatures are verified'
  const head = `Longshore ${note.version} on ${note.endpoint}, process ${note.processId} since ${note.startedAt.slice(0, 19)}Z
account ${note.account}, region ${note.region}, ${mode}\n`
  const instances = instanceTable(clusters) || 'No container instance has registered.\n'
  const tables = [clusterTable(clusters), instances, serviceTable(clusters), loadBalancerTable(loadBalancers)]
  return [head, ...tables].filter(Boolean).join('\n')
}

const clusterTable = (clusters: readonly ClusterStatus[]): string =>
  table(
    ['CLUSTER', 'STATUS', 'INSTANCES', 'RUNNING', 'PENDING', 'SERVICES'],
    clusters.map(({ cluster, instances }) => [
      cluster.clusterName,
      cluster.status,
      instances.length,
      cluster.runningTasksCount,
      cluster.pendingTasksCount,
      cluster.activeServicesCount,
    ]),
  )

const instanceTable = (clusters: readonly ClusterStatus[]): string =>
  table(
    ['INSTANCE', 'CLUSTER', 'STATUS', 'AGENT', 'RUNTIME', 'RUNNING', 'CPU FREE', 'MEMORY FREE'],
    clusters.flatMap(({ cluster, instances }) =>
      instances.map((instance) => [
        instance.containerInstanceArn?.split('/').at(-1),
        cluster.clusterName,
        instance.status,
        instance.agentConnected === true ? 'connected' : 'disconnected',
        runtimeOf(instance),
        instance.runningTasksCount,
        share(instance, 'CPU', 'units'),
        share(instance, 'MEMORY', 'MiB'),
      ]),
    ),
  )

const serviceTable = (clusters: readonly ClusterStatus[]): string =>
  table(
    ['SERVICE', 'CLUSTER', 'STATUS', 'DEFINITION', 'DESIRED', 'RUNNING', 'PENDING', 'ROLLOUT'],
    clusters.flatMap(({ cluster, services }) =>
      services.map((service) => [
        service.serviceName,
        cluster.clusterName,
        service.status,
        service.taskDefinition?.split('/').at(-1),
        service.desiredCount,
        service.runningCount,
        service.pendingCount,
        rolloutOf(service),
      ]),
    ),
  )

/** Undefined where others than ECS deploy. */
const rolloutOf = ({ deployments = [] }: Service): string | undefined =>
  deployments.find(({ status }) => status === 'PRIMARY')?.rolloutState

const runtimeOf = (instance: ContainerInstance): string =>
  instance.attributes?.find(({ name }) => name === 'longshore.runtime')?.value ?? 'docker'

const share = (instance: ContainerInstance, resource: string, unit: string): string => {
  const amount = (list: ContainerInstance['remainingResources']) =>
    list?.find(({ name }) => name === resource)?.integerValue ?? 0
  return `${amount(instance.remainingResources)} of ${amount(instance.registeredResources)} ${unit}`
}
