/** The metrics of ECS, named and measured as AWS does. Compared by identity. */
import type { Metric } from './metric-sheet.ts'

const ecs = (metricName: string): Metric => ({ namespace: 'AWS/ECS', metricName, unit: 'Percent' })

const insights = (metricName: string, unit: string): Metric => ({
  namespace: 'ECS/ContainerInsights',
  metricName,
  unit,
})

/** Of services and clusters. */
export const CPU_UTILIZATION = ecs('CPUUtilization')
export const MEMORY_UTILIZATION = ecs('MemoryUtilization')
/** Of clusters. */
export const CPU_RESERVATION = ecs('CPUReservation')
export const MEMORY_RESERVATION = ecs('MemoryReservation')

/** Of tasks. CPU in CPU units. */
export const CPU_UTILIZED = insights('CpuUtilized', 'None')
export const CPU_RESERVED = insights('CpuReserved', 'None')
export const TASK_CPU_UTILIZATION = insights('TaskCpuUtilization', 'Percent')
/** AWS: in MiB, whatever the unit says. */
export const MEMORY_UTILIZED = insights('MemoryUtilized', 'Megabytes')
export const MEMORY_RESERVED = insights('MemoryReserved', 'Megabytes')
export const TASK_MEMORY_UTILIZATION = insights('TaskMemoryUtilization', 'Percent')
export const NETWORK_RX_BYTES = insights('NetworkRxBytes', 'Bytes/Second')
export const NETWORK_TX_BYTES = insights('NetworkTxBytes', 'Bytes/Second')
/** AWS: since the task started. */
export const STORAGE_READ_BYTES = insights('StorageReadBytes', 'Bytes')
export const STORAGE_WRITE_BYTES = insights('StorageWriteBytes', 'Bytes')
export const RESTART_COUNT = insights('RestartCount', 'Count')

/** Of services. */
export const DESIRED_TASK_COUNT = insights('DesiredTaskCount', 'Count')
export const RUNNING_TASK_COUNT = insights('RunningTaskCount', 'Count')
export const PENDING_TASK_COUNT = insights('PendingTaskCount', 'Count')
export const DEPLOYMENT_COUNT = insights('DeploymentCount', 'Count')
export const TASK_SET_COUNT = insights('TaskSetCount', 'Count')

/** Of clusters. */
export const TASK_COUNT = insights('TaskCount', 'Count')
export const SERVICE_COUNT = insights('ServiceCount', 'Count')
export const CONTAINER_INSTANCE_COUNT = insights('ContainerInstanceCount', 'Count')

/** Of container instances. */
export const INSTANCE_CPU_LIMIT = insights('instance_cpu_limit', 'None')
export const INSTANCE_MEMORY_LIMIT = insights('instance_memory_limit', 'Bytes')
export const INSTANCE_CPU_RESERVED_CAPACITY = insights('instance_cpu_reserved_capacity', 'Percent')
export const INSTANCE_MEMORY_RESERVED_CAPACITY = insights('instance_memory_reserved_capacity', 'Percent')
export const INSTANCE_NUMBER_OF_RUNNING_TASKS = insights('instance_number_of_running_tasks', 'Count')
