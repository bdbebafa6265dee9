/** From a container instance's record to the SDK's shape, with what its tasks take of it. */
import type { ContainerInstance, ContainerInstanceField, ContainerInstanceHealthStatus } from '@aws-sdk/client-ecs'
import { dateOf } from '../../kit/timestamps.ts'
import { containerInstanceArn } from '../../model/arn.ts'
import type { ContainerInstanceRecord } from '../../model/records.ts'
import { type ReadTables, taskCountKey } from '../../store/tables.ts'
import { remainingResources } from './instance-resources.ts'

/** What operations that register or change an instance answer with. */
const WHOLE_INSTANCE: ReadonlySet<ContainerInstanceField> = new Set<ContainerInstanceField>(['TAGS'])

/**
 * Members that `include` does not name are empty or absent, as ECS has them. What is left of the resources is counted from the
 * tasks, not asked of placement's index, which hears of this transaction's changes only when it commits.
 */
export const describeContainerInstance = (
  { tx: { tasks } }: { readonly tx: Pick<ReadTables, 'tasks'> },
  instance: ContainerInstanceRecord,
  include: ReadonlySet<ContainerInstanceField> = WHOLE_INSTANCE,
): ContainerInstance => {
  const { containerInstanceId: id, ec2InstanceId, capacityProviderName, statusReason, agentUpdateStatus } = instance
  return {
    containerInstanceArn: containerInstanceArn(instance.clusterArn, id),
    ...(ec2InstanceId !== undefined && { ec2InstanceId }),
    ...(capacityProviderName !== undefined && { capacityProviderName }),
    version: instance.version,
    versionInfo: instance.versionInfo,
    remainingResources: remainingResources(instance, tasks.find('activeByInstance', id)),
    registeredResources: [...instance.registeredResources],
    status: instance.status,
    ...(statusReason !== undefined && { statusReason }),
    agentConnected: instance.agentConnected,
    runningTasksCount: tasks.count('onInstance', taskCountKey(id, 'RUNNING')),
    pendingTasksCount: tasks.count('onInstance', taskCountKey(id, 'PENDING')),
    ...(agentUpdateStatus !== undefined && { agentUpdateStatus }),
    attributes: [...instance.attributes],
    registeredAt: dateOf(instance.registeredAt),
    attachments: [],
    tags: include.has('TAGS') ? [...instance.tags] : [],
    ...(include.has('CONTAINER_INSTANCE_HEALTH') && { healthStatus: describeHealth(instance) }),
  }
}

/** The agent reports one check; before its first report nothing is known. */
const describeHealth = ({ healthStatus }: ContainerInstanceRecord): ContainerInstanceHealthStatus => {
  if (healthStatus === undefined) return { overallStatus: 'INSUFFICIENT_DATA', details: [] }
  const { type, status, lastUpdated, lastStatusChange } = healthStatus
  return {
    overallStatus: status,
    details: [{ type, status, lastUpdated: dateOf(lastUpdated), lastStatusChange: dateOf(lastStatusChange) }],
  } as ContainerInstanceHealthStatus
}
