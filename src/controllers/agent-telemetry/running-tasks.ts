/** The RUNNING tasks of a cluster with the container instances that run them. */
import type { ContainerInstanceRecord, TaskRecord } from '../../model/records.ts'
import type { ReadTables } from '../../store/tables.ts'
import { capacityOf, type InstanceCapacity } from './instance-capacity.ts'

export interface HostedTask {
  readonly task: TaskRecord
  readonly instance: ContainerInstanceRecord
  readonly capacity: InstanceCapacity
}

export interface TaskHost {
  readonly instance: ContainerInstanceRecord
  readonly tasks: readonly HostedTask[]
}

/** Every container instance that is registered with the cluster, and its RUNNING tasks. */
export const hostsOf = (tables: ReadTables, clusterArn: string): TaskHost[] =>
  tables.containerInstances
    .find('byCluster', clusterArn)
    .filter(({ status }) => status !== 'INACTIVE')
    .map((instance) => {
      const capacity = capacityOf(instance)
      const tasks = tables.tasks.find('activeByInstance', instance.containerInstanceId)
      const running = tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING')
      return { instance, tasks: running.map((task) => ({ task, instance, capacity })) }
    })
