/** From a cluster's record to the SDK's shape, with the counts of what runs in it. */
import type { Cluster, ClusterField, KeyValuePair } from '@aws-sdk/client-ecs'
import type { ClusterRecord } from '../../model/records.ts'
import { taskCountKey } from '../../store/tables.ts'
import type { EcsContext } from './context.ts'
import { primaryRevision } from './service-lookups.ts'

/** What operations that create or change a cluster answer with. */
export const WHOLE_CLUSTER: ReadonlySet<ClusterField> = new Set<ClusterField>(['CONFIGURATIONS', 'SETTINGS', 'TAGS'])

/** Lists that `include` does not name are empty, as ECS has them. */
export const describeCluster = (
  context: EcsContext,
  cluster: ClusterRecord,
  include: ReadonlySet<ClusterField>,
): Cluster => ({
  clusterArn: cluster.clusterArn,
  clusterName: cluster.clusterName,
  status: cluster.status,
  registeredContainerInstancesCount: context.tx.containerInstances.count('registeredInCluster', cluster.clusterArn),
  runningTasksCount: context.tx.tasks.count('inCluster', taskCountKey(cluster.clusterArn, 'RUNNING')),
  pendingTasksCount: context.tx.tasks.count('inCluster', taskCountKey(cluster.clusterArn, 'PENDING')),
  activeServicesCount: context.tx.services.count('activeInCluster', cluster.clusterArn),
  statistics: include.has('STATISTICS') ? statistics(context, cluster.clusterArn) : [],
  tags: include.has('TAGS') ? [...cluster.tags] : [],
  settings: include.has('SETTINGS') ? [...cluster.settings] : [],
  capacityProviders: [...cluster.capacityProviders],
  defaultCapacityProviderStrategy: [...cluster.defaultCapacityProviderStrategy],
  ...(cluster.serviceConnectDefaults && { serviceConnectDefaults: cluster.serviceConnectDefaults }),
  ...(include.has('CONFIGURATIONS') && cluster.configuration && { configuration: cluster.configuration }),
  ...(include.has('ATTACHMENTS') && attached(cluster)),
})

/** AWS: attachments are scaling policies, which ECS makes for capacity providers. There are none here, so all is attached at once. */
const attached = ({ attachments = [], capacityProviders }: ClusterRecord): Cluster => ({
  attachments: [...attachments],
  ...(capacityProviders.length > 0 && { attachmentsStatus: 'UPDATE_COMPLETE' }),
})

const statistics = (context: EcsContext, clusterArn: string): KeyValuePair[] => {
  const { tasks } = context.tx
  const byLaunchType = (status: 'PENDING' | 'RUNNING') => {
    const key = taskCountKey(clusterArn, status)
    const fargate = tasks.count('fargateInCluster', key)
    const external = tasks.count('externalInCluster', key)
    return { fargate, external, ec2: tasks.count('inCluster', key) - fargate - external }
  }
  const running = byLaunchType('RUNNING')
  const pending = byLaunchType('PENDING')
  const counts = {
    runningEC2TasksCount: running.ec2,
    runningFargateTasksCount: running.fargate,
    runningExternalTasksCount: running.external,
    pendingEC2TasksCount: pending.ec2,
    pendingFargateTasksCount: pending.fargate,
    pendingExternalTasksCount: pending.external,
    ...serviceCounts(context, clusterArn),
  }
  return Object.entries(counts).map(([name, count]) => ({ name, value: String(count) }))
}

/** AWS: a service counts as what its tasks count as; one whose task sets say so, once it has a primary one. */
const serviceCounts = (context: EcsContext, clusterArn: string): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {
    activeEC2ServiceCount: 0,
    activeFargateServiceCount: 0,
    activeExternalServiceCount: 0,
    drainingEC2ServiceCount: 0,
    drainingFargateServiceCount: 0,
    drainingExternalServiceCount: 0,
  }
  for (const service of context.tx.services.iterate('byCluster', clusterArn)) {
    const launchType = primaryRevision(context.tx, service)?.launchType
    if (launchType === undefined) continue
    const name = `${service.status.toLowerCase()}${LAUNCH_TYPE_NAMES[launchType]}ServiceCount`
    counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}

const LAUNCH_TYPE_NAMES = { EC2: 'EC2', FARGATE: 'Fargate', EXTERNAL: 'External' } as const
