import { describe, expect, it } from 'vitest'
import { aCluster } from '../../../test/builders/a-cluster.ts'
import { aContainerInstance } from '../../../test/builders/a-container-instance.ts'
import { aService } from '../../../test/builders/a-service.ts'
import { aTask } from '../../../test/builders/a-task.ts'
import type { ContainerInstanceRecord, TaskRecord } from '../../model/records.ts'
import type { ServiceRecord } from '../../model/service-records.ts'
import { MemoryJournal } from '../../store/journal/journal.ts'
import type { MetricStatistics } from '../../store/metrics/metric-store.ts'
import { Store } from '../../store/store.ts'
import { minuteMetrics } from './minute-metrics.ts'
import type { TaskUsage } from './task-usage.ts'

interface Content {
  readonly instances?: readonly ContainerInstanceRecord[]
  readonly services?: readonly ServiceRecord[]
  readonly tasks: readonly (readonly [TaskRecord, TaskUsage?])[]
}

/** Statistics by dimensions and metric, e.g. `ClusterName=default CpuUtilized`. */
const metricsOf = async ({ instances = [host], services = [], tasks }: Content) => {
  const store = await Store.open(new MemoryJournal(), () => {})
  await store.transact((tx) => {
    tx.clusters.insert(aCluster())
    for (const instance of instances) tx.containerInstances.insert(instance)
    for (const service of services) tx.services.insert(service)
    for (const [task] of tasks) tx.tasks.insert(task)
  })
  const usage = new Map(tasks.flatMap(([task, used]) => (used === undefined ? [] : [[task.taskId, used] as const])))
  const owned = minuteMetrics(store.tables, 0, usage)
  const found: Record<string, MetricStatistics> = {}
  for (const { data } of owned) {
    for (const { dimensions, metricName, statistics } of data)
      found[`${dimensions.map(({ name, value }) => `${name}=${value}`).join(' ')} ${metricName}`] = statistics
  }
  return found
}

const host = aContainerInstance({ containerInstanceId: 'i1', cpuUnits: 4096, memoryMiB: 8192 })
const reserving = (cpuUnits: number, memoryMiB: number) => ({
  reservation: { cpuUnits, memoryMiB, tcpPorts: [], udpPorts: [], gpuCount: 0 },
})
const running = (given: Partial<TaskRecord> = {}): TaskRecord =>
  aTask({ containerInstanceId: 'i1', lastStatus: 'RUNNING', ...reserving(256, 512), ...given })
const one = (value: number): MetricStatistics => ({ minimum: value, maximum: value, sum: value, sampleCount: 1 })

describe('the metrics of a minute', () => {
  it('tell of a task under its own dimensions', async () => {
    const task = running({ taskId: 't1' })
    const usage = {
      cpuUnits: 64,
      memoryMiB: 128,
      networkRxBytesPerSecond: 10,
      storageWriteBytes: 4096,
      restartCount: 1,
    }
    const found = await metricsOf({ tasks: [[task, usage]] })
    const own = Object.entries(found).filter(([name]) => name.includes('TaskId=t1'))
    const dimensions = 'ClusterName=default TaskDefinitionFamily=web TaskId=t1'
    expect(Object.fromEntries(own)).toEqual({
      [`${dimensions} CpuUtilized`]: one(64),
      [`${dimensions} CpuReserved`]: one(256),
      [`${dimensions} TaskCpuUtilization`]: one(25),
      [`${dimensions} MemoryUtilized`]: one(128),
      [`${dimensions} MemoryReserved`]: one(512),
      [`${dimensions} TaskMemoryUtilization`]: one(25),
      [`${dimensions} NetworkRxBytes`]: one(10),
      [`${dimensions} StorageWriteBytes`]: one(4096),
      [`${dimensions} RestartCount`]: one(1),
    })
  })

  it('tell of a service by one sample for each task, and how many tasks there are', async () => {
    const group = 'service:web'
    const found = await metricsOf({
      services: [aService({ serviceName: 'web', desiredCount: 4 })],
      tasks: [
        [running({ group }), { cpuUnits: 64 }],
        [running({ group }), { cpuUnits: 192 }],
        [running({ group, lastStatus: 'PENDING' })],
      ],
    })
    const dimensions = 'ClusterName=default ServiceName=web'
    expect(found[`${dimensions} CpuUtilized`]).toEqual({ minimum: 64, maximum: 192, sum: 256, sampleCount: 2 })
    expect(found[`${dimensions} CPUUtilization`]).toEqual({ minimum: 25, maximum: 75, sum: 100, sampleCount: 2 })
    expect(found[`${dimensions} DesiredTaskCount`]).toEqual(one(4))
    expect(found[`${dimensions} RunningTaskCount`]).toEqual(one(2))
    expect(found[`${dimensions} PendingTaskCount`]).toEqual(one(1))
    expect(found).not.toHaveProperty(`${dimensions} MemoryUtilization`)
  })

  it('have the utilisation of a service as all that is used by all that is reserved, whatever its revisions reserve', async () => {
    const group = 'service:web'
    const found = await metricsOf({
      services: [aService({ serviceName: 'web' })],
      tasks: [
        [running({ group, ...reserving(100, 512) }), { cpuUnits: 100 }],
        [running({ group, ...reserving(300, 512) }), { cpuUnits: 0 }],
      ],
    })
    const { minimum, maximum, sum, sampleCount } = found['ClusterName=default ServiceName=web CPUUtilization']!
    expect([minimum, maximum, sum / sampleCount]).toEqual([0, 100, 25])
  })

  it('tell of the cluster what its tasks use of what its instances have', async () => {
    const other = aContainerInstance({ containerInstanceId: 'i2', cpuUnits: 4096, memoryMiB: 8192, status: 'DRAINING' })
    const gone = aContainerInstance({ containerInstanceId: 'i3', status: 'INACTIVE' })
    const found = await metricsOf({
      instances: [host, other, gone],
      tasks: [
        [running(), { cpuUnits: 1024, memoryMiB: 1638.4 }],
        [running({ containerInstanceId: 'i2' }), { cpuUnits: 1024 }],
      ],
    })
    expect(found['ClusterName=default CPUUtilization']).toEqual(one(25))
    expect(found['ClusterName=default CPUReservation']).toEqual(one(6.25))
    expect(found['ClusterName=default MemoryUtilization']?.sum).toBeCloseTo(10, 2)
    expect(found['ClusterName=default TaskCount']).toEqual(one(2))
    expect(found['ClusterName=default ContainerInstanceCount']).toEqual(one(2))
  })

  it('tell of a container instance what its tasks use and reserve', async () => {
    const found = await metricsOf({ tasks: [[running(), { cpuUnits: 64 }], [running()]] })
    const dimensions = 'ClusterName=default ContainerInstanceId=i1'
    expect(found[`${dimensions} CpuUtilized`]).toEqual(one(64))
    expect(found[`${dimensions} instance_cpu_reserved_capacity`]).toEqual(one(12.5))
    expect(found[`${dimensions} instance_number_of_running_tasks`]).toEqual(one(2))
    expect(found['ClusterName=default instance_memory_limit']).toEqual(one(8192 * 1024 * 1024))
  })

  it('measure a task that reserves nothing by what its instance has', async () => {
    const task = running({ taskId: 't1', ...reserving(0, 0) })
    const found = await metricsOf({ tasks: [[task, { cpuUnits: 1024, memoryMiB: 4096 }]] })
    const dimensions = 'ClusterName=default TaskDefinitionFamily=web TaskId=t1'
    expect(found[`${dimensions} TaskCpuUtilization`]).toEqual(one(25))
    expect(found[`${dimensions} MemoryReserved`]).toEqual(one(8192))
  })

  it('say nothing of a task that was not reported, nor of a cluster without a running task', async () => {
    const silent = await metricsOf({ tasks: [[running({ taskId: 't1' })]] })
    expect(Object.keys(silent).some((name) => name.includes('Utiliz') || name.includes('t1'))).toBe(false)
    expect(silent['ClusterName=default TaskCount']).toEqual(one(1))
    const waiting = running({ lastStatus: 'PENDING' })
    expect(await metricsOf({ tasks: [[waiting, { cpuUnits: 1 }]] })).toEqual({})
  })
})
