/** The messages that go out every 20 seconds, from what is known of tasks. Pure. */
import type {
  ContainerHealth,
  ContainerMetric,
  TaskHealth,
  TaskMetric,
  TelemetryRequest,
} from '../../agentlink/tcs-messages.ts'
import { type EngineContainer, type EngineTask, isStopped } from '../engine/task.ts'

/** Tasks in one request. */
const TASKS_PER_REQUEST = 10
/** Bytes of one request, with room for what surrounds the tasks. */
const REQUEST_BYTES = 1024 * 1024 - 4096

export interface Sender {
  readonly cluster: string
  readonly containerInstance: string
  readonly messageId: string
  /** Epoch seconds. */
  readonly timestamp: number
}

/** An instance without tasks says so; that keeps the session alive. */
export const metricsRequests = (
  { timestamp, ...sender }: Sender,
  taskMetrics: readonly TaskMetric[],
): TelemetryRequest[] => {
  if (taskMetrics.length === 0) {
    return [{ type: 'PublishMetricsRequest', message: { metadata: { ...sender, idle: true, fin: true }, timestamp } }]
  }
  const parts = inParts(taskMetrics)
  return parts.map((part, index) => ({
    type: 'PublishMetricsRequest',
    message: { metadata: { ...sender, idle: false, fin: index === parts.length - 1 }, taskMetrics: part, timestamp },
  }))
}

export const healthRequests = ({ timestamp, ...sender }: Sender, tasks: readonly TaskHealth[]): TelemetryRequest[] => {
  const parts = inParts(tasks)
  return parts.map((part, index) => ({
    type: 'PublishHealthRequest',
    message: { metadata: { ...sender, fin: index === parts.length - 1 }, tasks: part, timestamp },
  }))
}

const inParts = <T>(items: readonly T[]): T[][] => {
  const parts: T[][] = []
  let part: T[] = []
  let bytes = 0
  for (const item of items) {
    const size = Buffer.byteLength(JSON.stringify(item))
    if (part.length === TASKS_PER_REQUEST || (part.length > 0 && bytes + size > REQUEST_BYTES)) {
      parts.push(part)
      part = []
      bytes = 0
    }
    part.push(item)
    bytes += size
  }
  return part.length === 0 ? parts : [...parts, part]
}

const identityOf = ({ arn, definition }: EngineTask) => ({
  taskArn: arn,
  taskDefinitionFamily: definition.family ?? '',
  taskDefinitionVersion: definition.version ?? '',
})

/** Of the task's containers with statistics; undefined if none has any yet. */
export const taskMetric = (
  task: EngineTask,
  metricOf: (container: EngineContainer) => Omit<ContainerMetric, 'containerName'> | undefined,
): TaskMetric | undefined => {
  const containerMetrics = task.containers.flatMap((container): ContainerMetric[] => {
    const { name: containerName, containerArn } = container.definition
    const metric = metricOf(container)
    return metric === undefined ? [] : [{ containerName, containerArn, ...metric }]
  })
  return containerMetrics.length === 0 ? undefined : { ...identityOf(task), containerMetrics }
}

/** Of the task's health-checked containers that live; undefined if there are none. */
export const taskHealth = (task: EngineTask): TaskHealth | undefined => {
  const containers = task.containers
    .filter((container) => container.definition.healthCheckType === 'docker' && !isStopped(container))
    .map(({ definition, health }): ContainerHealth => {
      if (health === undefined) return { containerName: definition.name, healthStatus: 'UNKNOWN' }
      const { status, since, output } = health
      return {
        containerName: definition.name,
        healthStatus: status,
        statusSince: since / 1000,
        ...(output !== '' && { statusMessage: output }),
      }
    })
  return containers.length === 0 || isStopped(task) ? undefined : { ...identityOf(task), containers }
}
