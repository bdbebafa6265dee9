/**
 * The metrics of one minute, from what tasks used in it. Pure. Each RUNNING task that was reported gives one sample, its average in that
 * minute, to its cluster, its service, its family, its container instance and to itself; so a service's `Sum` is what all its tasks used,
 * and `Minimum` and `Maximum` are of the tasks that used least and most. Clusters, services and instances without a RUNNING task have no
 * metrics. Sources: "Amazon ECS CloudWatch metrics" in the developer guide, "Amazon ECS Container Insights with enhanced observability
 * metrics" in the CloudWatch user guide; ours alone is what tasks use by `ContainerInstanceId`.
 */
import { parseArn, serviceNameOfGroup } from '../../model/arn.ts'
import type { ContainerInstanceRecord } from '../../model/records.ts'
import type { MetricDatum, MetricOwner } from '../../store/metrics/metric-store.ts'
import { type ReadTables, serviceTasksKey, taskCountKey } from '../../store/tables.ts'
import { type Dimensions, ofCluster, ofFamily, ofInstance, ofService, ofTask } from './dimensions.ts'
import { capacityOf, type InstanceCapacity, reservedBy } from './instance-capacity.ts'
import { type HostedTask, hostsOf } from './running-tasks.ts'
import { type Metric, MetricSheet, type Samples } from './metric-sheet.ts'
import * as metrics from './metrics.ts'
import { percent, sum, sumOfKnown } from './sums.ts'
import type { TaskUsage } from './task-usage.ts'
import type { MinuteUsage } from './usage-book.ts'

const BYTES_PER_MIB = 1024 * 1024

export interface OwnedMetrics {
  readonly owner: MetricOwner
  readonly data: readonly MetricDatum[]
}

/** Of every cluster with a RUNNING task. */
export const minuteMetrics = (tables: ReadTables, minute: number, usage: MinuteUsage): OwnedMetrics[] =>
  [...tables.clusters.rows()].flatMap(({ clusterArn }) => {
    if (tables.tasks.count('inCluster', taskCountKey(clusterArn, 'RUNNING')) === 0) return []
    const { account, region } = parseArn(clusterArn) ?? { account: '', region: '' }
    return [{ owner: { account, region }, data: clusterMetrics(tables, clusterArn, usage).data(minute) }]
  })

interface RunningTask extends HostedTask {
  readonly usage: TaskUsage | undefined
}

const clusterMetrics = (tables: ReadTables, clusterArn: string, usage: MinuteUsage): MetricSheet => {
  const sheet = new MetricSheet()
  const hosts = hostsOf(tables, clusterArn).map(({ instance, tasks: hosted }) => ({
    instance,
    tasks: hosted.map((each) => ({ ...each, usage: usage.get(each.task.taskId) })),
  }))
  const tasks = hosts.flatMap((host) => host.tasks)
  for (const each of tasks) addTask(sheet, each)
  for (const host of hosts) addInstance(sheet, host.instance, host.tasks)
  addServices(sheet, tables, clusterArn, tasks)
  const capacities = hosts.map(({ instance }) => capacityOf(instance))
  addCluster(sheet, tables, clusterArn, capacities, tasks)
  return sheet
}

/** Everything that a task counts for. */
const dimensionsOf = ({ task, instance }: RunningTask): Dimensions[] => {
  const serviceName = serviceNameOfGroup(task.group)
  const service = serviceName === undefined ? [] : [ofService(task.clusterArn, serviceName)]
  return [ofCluster(task.clusterArn), ofFamily(task), ofInstance(instance), ...service, ofTask(task)]
}

const addTask = (sheet: MetricSheet, running: RunningTask): void => {
  const { task, capacity, usage } = running
  if (usage === undefined) return
  const reserved = reservedBy(task, capacity)
  for (const dimensions of dimensionsOf(running)) addUsage(sheet.of(dimensions), usage, reserved)
}

const addUsage = (samples: Samples, usage: TaskUsage, reserved: InstanceCapacity): void => {
  samples.add(metrics.CPU_UTILIZED, usage.cpuUnits)
  samples.add(metrics.MEMORY_UTILIZED, usage.memoryMiB)
  samples.add(metrics.CPU_RESERVED, reserved.cpuUnits)
  samples.add(metrics.MEMORY_RESERVED, reserved.memoryMiB)
  samples.add(metrics.TASK_CPU_UTILIZATION, percent(usage.cpuUnits, reserved.cpuUnits))
  samples.add(metrics.TASK_MEMORY_UTILIZATION, percent(usage.memoryMiB, reserved.memoryMiB))
  samples.add(metrics.NETWORK_RX_BYTES, usage.networkRxBytesPerSecond)
  samples.add(metrics.NETWORK_TX_BYTES, usage.networkTxBytesPerSecond)
  samples.add(metrics.STORAGE_READ_BYTES, usage.storageReadBytes)
  samples.add(metrics.STORAGE_WRITE_BYTES, usage.storageWriteBytes)
  samples.add(metrics.RESTART_COUNT, usage.restartCount)
}

/** AWS: by cluster and by instance; of an instance without tasks nothing is told. */
const addInstance = (sheet: MetricSheet, instance: ContainerInstanceRecord, tasks: readonly RunningTask[]): void => {
  if (tasks.length === 0) return
  const { cpuUnits, memoryMiB } = capacityOf(instance)
  for (const dimensions of [ofCluster(instance.clusterArn), ofInstance(instance)]) {
    const samples = sheet.of(dimensions)
    samples.add(metrics.INSTANCE_CPU_LIMIT, cpuUnits)
    samples.add(metrics.INSTANCE_MEMORY_LIMIT, memoryMiB * BYTES_PER_MIB)
    samples.add(metrics.INSTANCE_CPU_RESERVED_CAPACITY, percent(reservedCpu(tasks), cpuUnits))
    samples.add(metrics.INSTANCE_MEMORY_RESERVED_CAPACITY, percent(reservedMemory(tasks), memoryMiB))
    samples.add(metrics.INSTANCE_NUMBER_OF_RUNNING_TASKS, tasks.length)
  }
}

const addServices = (
  sheet: MetricSheet,
  tables: ReadTables,
  clusterArn: string,
  tasks: readonly RunningTask[],
): void => {
  const ofServices = Map.groupBy(tasks, ({ task }) => serviceNameOfGroup(task.group))
  for (const service of tables.services.find('byCluster', clusterArn)) {
    const { serviceArn, serviceName, desiredCount } = service
    const running = ofServices.get(serviceName)
    if (running === undefined) continue
    const samples = sheet.of(ofService(clusterArn, serviceName))
    addServiceUtilization(samples, running)
    const active = tables.tasks.find('activeByService', serviceTasksKey(clusterArn, serviceName))
    samples.add(metrics.DESIRED_TASK_COUNT, desiredCount)
    samples.add(metrics.RUNNING_TASK_COUNT, running.length)
    samples.add(metrics.PENDING_TASK_COUNT, active.filter(({ lastStatus }) => lastStatus === 'PENDING').length)
    samples.add(metrics.DEPLOYMENT_COUNT, tables.deployments.findSize('byService', serviceArn))
    samples.add(metrics.TASK_SET_COUNT, tables.taskSets.findSize('byService', serviceArn))
  }
}

/** AWS: one sample for each task, so that `SampleCount` tells how many are RUNNING. The average is all that is used by all that is reserved. */
const addServiceUtilization = (samples: Samples, tasks: readonly RunningTask[]): void => {
  const reported = tasks.flatMap(({ task, capacity, usage }) =>
    usage === undefined ? [] : [{ usage, reserved: reservedBy(task, capacity) }],
  )
  const add = (metric: Metric, used: (usage: TaskUsage) => number | undefined, of: keyof InstanceCapacity): void => {
    const known = reported.filter(({ usage }) => used(usage) !== undefined)
    const total = sum(known.map(({ reserved }) => reserved[of]))
    if (total === 0) return
    // Weighing each task by what it reserves makes the average that of the service, whatever its revisions reserve.
    for (const { usage, reserved } of known)
      samples.add(metric, percent(used(usage), reserved[of]) ?? 0, (reserved[of] * known.length) / total)
  }
  add(metrics.CPU_UTILIZATION, ({ cpuUnits }) => cpuUnits, 'cpuUnits')
  add(metrics.MEMORY_UTILIZATION, ({ memoryMiB }) => memoryMiB, 'memoryMiB')
}

/** AWS: the cluster's utilisation and reservation are of what its instances have; tasks on Fargate have no part in them. */
const addCluster = (
  sheet: MetricSheet,
  tables: ReadTables,
  clusterArn: string,
  capacities: readonly InstanceCapacity[],
  tasks: readonly RunningTask[],
): void => {
  const samples = sheet.of(ofCluster(clusterArn))
  const cpuUnits = sum(capacities.map((capacity) => capacity.cpuUnits))
  const memoryMiB = sum(capacities.map((capacity) => capacity.memoryMiB))
  const onInstances = tasks.filter(({ task }) => task.containerInstanceId !== undefined)
  const used = (read: (usage: TaskUsage) => number | undefined): number | undefined =>
    sumOfKnown(onInstances.map(({ usage }) => usage && read(usage)))
  samples.add(
    metrics.CPU_UTILIZATION,
    percent(
      used((usage) => usage.cpuUnits),
      cpuUnits,
    ),
  )
  samples.add(
    metrics.MEMORY_UTILIZATION,
    percent(
      used((usage) => usage.memoryMiB),
      memoryMiB,
    ),
  )
  if (onInstances.length > 0) {
    samples.add(metrics.CPU_RESERVATION, percent(reservedCpu(onInstances), cpuUnits))
    samples.add(metrics.MEMORY_RESERVATION, percent(reservedMemory(onInstances), memoryMiB))
  }
  samples.add(metrics.TASK_COUNT, tasks.length)
  samples.add(metrics.SERVICE_COUNT, tables.services.findSize('byCluster', clusterArn))
  samples.add(metrics.CONTAINER_INSTANCE_COUNT, new Set(onInstances.map(({ instance }) => instance)).size)
}

const reservedCpu = (tasks: readonly RunningTask[]): number => sum(tasks.map(({ task }) => task.reservation.cpuUnits))

const reservedMemory = (tasks: readonly RunningTask[]): number =>
  sum(tasks.map(({ task }) => task.reservation.memoryMiB))
