/** From a task's record to the SDK's shape: the only crossing. */
import type {
  Container,
  ContainerDefinition,
  ContainerOverride,
  ManagedAgent,
  Task,
  TaskOverride,
} from '@aws-sdk/client-ecs'
import { dateOf } from '../../kit/timestamps.ts'
import { containerArn, containerInstanceArn, taskArn } from '../../model/arn.ts'
import type { ManagedAgentRecord, TaskContainerRecord, TaskDefinitionRecord, TaskRecord } from '../../model/records.ts'
import { overrideOf } from '../../model/task-reservation.ts'
import { hostOf, type ReadTables } from '../../store/tables.ts'
import { Described } from '../../wire/described.ts'
import { FARGATE_STORAGE_GIB } from './fargate.ts'

/** What a description shows that the record does not hold. */
export interface TaskView {
  readonly definition: TaskDefinitionRecord | undefined
  readonly isConnected: boolean
  /** Whether tags are shown, or an empty list in their place. */
  readonly withTags: boolean
}

export const taskView = (tables: ReadTables, task: TaskRecord, withTags: boolean): TaskView => ({
  definition: tables.taskDefinitions.get(task.taskDefinitionArn),
  isConnected: isTaskConnected(tables, task),
  withTags,
})

/**
 * The task, to be described when an answer is encoded. Nothing of a definition changes that is shown here, so one encoding per view
 * serves as long as the record lives: for answers that are asked for again and again.
 */
export const describedTask = (tables: ReadTables, task: TaskRecord, withTags: boolean): Described<Task> => {
  const view = taskView(tables, task, withTags)
  const variant = `${view.isConnected ? 'connected' : 'disconnected'}${withTags ? ', tags' : ''}`
  return new Described(task, variant, () => describeTask(task, view))
}

/** A stopped task keeps what it last was; one that runs is as connected as the agent of its instance. */
const isTaskConnected = (tables: ReadTables, task: TaskRecord): boolean => {
  if (task.connectivityAt === undefined) return false
  if (task.lastStatus === 'STOPPED') return true
  return tables.containerInstances.get(hostOf(task) ?? '')?.agentConnected ?? false
}

export const describeTask = (task: TaskRecord, view: TaskView): Task => {
  const arn = taskArn(task.clusterArn, task.taskId)
  return {
    attachments: [...(task.attachments ?? [])],
    attributes:
      task.cpuArchitecture === undefined ? [] : [{ name: 'ecs.cpu-architecture', value: task.cpuArchitecture }],
    clusterArn: task.clusterArn,
    containers: task.containers.map((container) => describeContainer(task, container, arn, view.definition)),
    ...present('cpu', task.cpu),
    createdAt: dateOf(task.createdAt),
    desiredStatus: task.desiredStatus,
    enableExecuteCommand: task.enableExecuteCommand ?? false,
    group: task.group,
    healthStatus: task.healthStatus ?? 'UNKNOWN',
    lastStatus: task.lastStatus,
    launchType: task.launchType,
    ...present('memory', task.memory),
    overrides: describeOverrides(task),
    ...present('startedBy', task.startedBy),
    ...present('stopCode', task.stopCode as Task['stopCode']),
    ...present('stoppedReason', task.stoppedReason),
    tags: view.withTags ? [...(task.tags ?? [])] : [],
    taskArn: arn,
    taskDefinitionArn: task.taskDefinitionArn,
    version: task.version,
    ...describeHost(task, view),
    ...describeFargate(task),
    ...describeTimes(task),
  }
}

const describeHost = (task: TaskRecord, { isConnected }: TaskView): Task => ({
  ...present('availabilityZone', task.availabilityZone),
  ...present('capacityProviderName', task.capacityProviderName),
  ...(task.connectivityAt === undefined
    ? {}
    : { connectivity: isConnected ? 'CONNECTED' : 'DISCONNECTED', connectivityAt: dateOf(task.connectivityAt) }),
  ...(task.containerInstanceId === undefined
    ? {}
    : { containerInstanceArn: containerInstanceArn(task.clusterArn, task.containerInstanceId) }),
})

const describeFargate = (task: TaskRecord): Task => {
  if (task.launchType !== 'FARGATE') return {}
  const sizeInGiB = task.ephemeralStorage?.sizeInGiB ?? FARGATE_STORAGE_GIB
  return {
    ...present('platformVersion', task.platformVersion),
    platformFamily: 'Linux',
    ephemeralStorage: { sizeInGiB },
    fargateEphemeralStorage: { sizeInGiB },
  }
}

const describeTimes = (task: TaskRecord): Task => ({
  ...time('executionStoppedAt', task.executionStoppedAt),
  ...time('pullStartedAt', task.pullStartedAt),
  ...time('pullStoppedAt', task.pullStoppedAt),
  ...time('startedAt', task.startedAt),
  ...time('stoppedAt', task.stoppedAt),
  ...time('stoppingAt', task.stoppingAt),
})

/** AWS: every container is there, overridden or not. */
const describeOverrides = ({ overrides, containers }: TaskRecord): TaskOverride => ({
  ...overrides,
  containerOverrides: containers.map(({ name }) => overrideOf(overrides, name) ?? { name }),
  inferenceAcceleratorOverrides: [],
})

const describeContainer = (
  task: TaskRecord,
  container: TaskContainerRecord,
  arn: string,
  definition: TaskDefinitionRecord | undefined,
): Container => ({
  containerArn: containerArn(task.clusterArn, task.taskId, container.containerId),
  taskArn: arn,
  name: container.name,
  image: container.image,
  ...present('imageDigest', container.imageDigest),
  ...present('runtimeId', container.runtimeId),
  lastStatus: container.lastStatus,
  ...present('exitCode', container.exitCode),
  ...present('reason', container.reason),
  networkBindings: [...(container.networkBindings ?? [])],
  networkInterfaces: [],
  healthStatus: container.healthStatus ?? 'UNKNOWN',
  ...(container.managedAgents === undefined ? {} : { managedAgents: container.managedAgents.map(describeAgent) }),
  ...(container.gpuIds === undefined ? {} : { gpuIds: [...container.gpuIds] }),
  ...describeSizes(
    definition?.containerDefinitions.find(({ name }) => name === container.name),
    overrideOf(task.overrides, container.name),
  ),
})

const describeAgent = ({ lastStartedAt, ...agent }: ManagedAgentRecord): ManagedAgent => ({
  ...agent,
  ...time('lastStartedAt', lastStartedAt),
})

/** AWS: a container's sizes are texts here, CPU even where it is zero. */
const describeSizes = (
  definition: ContainerDefinition | undefined,
  override: ContainerOverride | undefined,
): Container => {
  const memory = override?.memory ?? definition?.memory
  const memoryReservation = override?.memoryReservation ?? definition?.memoryReservation
  return {
    cpu: String(override?.cpu ?? definition?.cpu ?? 0),
    ...(memory === undefined ? {} : { memory: String(memory) }),
    ...(memoryReservation === undefined ? {} : { memoryReservation: String(memoryReservation) }),
  }
}

const present = <Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): { readonly [N in Name]?: Value } | Record<never, never> => (value === undefined ? {} : { [name]: value })

const time = <Name extends string>(
  name: Name,
  atMs: number | undefined,
): { readonly [N in Name]?: Date } | Record<never, never> => (atMs === undefined ? {} : { [name]: dateOf(atMs) })
