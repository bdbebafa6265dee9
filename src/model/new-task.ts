/**
 * New tasks of one launch. What all of them have in common is made once and shared: a launch of ten costs little more than one, and
 * a million tasks share what is equal. Placement happened before; what agents report comes after (`task-state.ts`).
 */
import type { ContainerDefinition, TaskOverride } from '@aws-sdk/client-ecs'
import type { Ids } from '../kit/ids.ts'
import type {
  ContainerInstanceRecord,
  Tag,
  TaskContainerRecord,
  TaskDefinitionRecord,
  TaskRecord,
  TaskReservation,
  WaitingTask,
} from './records.ts'
import { containerResources, type LaunchType, overrideOf } from './task-reservation.ts'

/** Members that are not set are absent. */
export interface TaskLaunch {
  readonly clusterArn: string
  readonly definition: TaskDefinitionRecord
  readonly launchType: LaunchType
  readonly platformVersion?: string
  readonly group: string
  readonly startedBy?: string
  readonly referenceId?: string
  readonly overrides?: TaskOverride
  readonly enableExecuteCommand: boolean
  readonly reservation: TaskReservation
  readonly tags: readonly Tag[]
  readonly createdAt: number
}

/** Where one task of the launch was placed. */
export interface TaskHost {
  readonly instance: ContainerInstanceRecord
  readonly gpuIds: readonly string[]
}

/** Where one task of the launch goes: to its host or, until there is capacity, to those that wait. */
export type TaskTarget = { readonly capacityProviderName?: string | undefined } & (
  | { readonly host: TaskHost; readonly waiting?: undefined }
  | { readonly waiting: WaitingTask; readonly host?: undefined }
)

/** A function that makes one new task of the launch for each target it is given. */
export const taskMaker = (launch: TaskLaunch, ids: Ids): ((target: TaskTarget) => TaskRecord) => {
  const { launchType, createdAt } = launch
  const shared = sharedMembers(launch)
  const containers = launch.definition.containerDefinitions.map((container) => newContainer(container, launch))
  const gpuCounts = gpuCountsOf(launch.definition, launch.overrides)
  return ({ capacityProviderName, host, waiting }) => ({
    ...shared,
    lastStatus: host === undefined || launchType === 'FARGATE' ? 'PROVISIONING' : 'PENDING',
    ...(host === undefined ? {} : hostMembers(host, launchType, createdAt)),
    ...(capacityProviderName === undefined ? {} : { capacityProviderName }),
    ...(waiting === undefined ? {} : { waiting }),
    taskId: ids.orderedHex32(createdAt),
    containers: containers.map((container, index) => ({
      ...container,
      ...gpuMember(host, gpuCounts, index),
      containerId: ids.uuid(),
    })),
  })
}

/** A task that waited, on the host that it now has. `definition` is the task's. */
export const giveHost = (
  { waiting: _waiting, ...task }: TaskRecord,
  definition: TaskDefinitionRecord,
  host: TaskHost,
  now: number,
): TaskRecord => {
  const gpuCounts = gpuCountsOf(definition, task.overrides)
  return {
    ...task,
    ...hostMembers(host, task.launchType, now),
    lastStatus: 'PENDING',
    containers: task.containers.map((container, index) => ({ ...container, ...gpuMember(host, gpuCounts, index) })),
    version: task.version + 1,
  }
}

const sharedMembers = (launch: TaskLaunch): Omit<TaskRecord, 'taskId' | 'containers' | 'lastStatus'> => {
  const { clusterArn, definition, launchType, overrides, reservation, group, createdAt } = launch
  const cpu = overrides?.cpu ?? definition.cpu
  const memory = overrides?.memory ?? definition.memory
  const ephemeralStorage = overrides?.ephemeralStorage ?? definition.ephemeralStorage
  return {
    clusterArn,
    taskDefinitionArn: definition.taskDefinitionArn,
    desiredStatus: 'RUNNING',
    launchType,
    group,
    reservation,
    createdAt,
    version: 1,
    ...(cpu === undefined ? {} : { cpu }),
    ...(memory === undefined ? {} : { memory }),
    ...(ephemeralStorage === undefined ? {} : { ephemeralStorage }),
    ...(overrides === undefined ? {} : { overrides }),
    ...(launch.platformVersion === undefined ? {} : { platformVersion: launch.platformVersion }),
    ...(launch.startedBy === undefined ? {} : { startedBy: launch.startedBy }),
    ...(launch.referenceId === undefined ? {} : { referenceId: launch.referenceId }),
    ...(launch.enableExecuteCommand ? { enableExecuteCommand: true } : {}),
    ...(launch.tags.length === 0 ? {} : { tags: launch.tags }),
  }
}

/** A task on an instance of the customer's is connected when it is placed; one of Fargate's once it is provisioned. */
const hostMembers = ({ instance }: TaskHost, launchType: LaunchType, now: number): Partial<TaskRecord> => {
  const { containerInstanceId } = instance
  const availabilityZone = attributeOf(instance, 'ecs.availability-zone')
  const cpuArchitecture = attributeOf(instance, 'ecs.cpu-architecture')
  return {
    ...(launchType === 'FARGATE'
      ? { hostInstanceId: containerInstanceId }
      : { containerInstanceId, connectivityAt: now }),
    ...(availabilityZone === undefined ? {} : { availabilityZone }),
    ...(cpuArchitecture === undefined ? {} : { cpuArchitecture }),
  }
}

const attributeOf = ({ attributes }: ContainerInstanceRecord, name: string): string | undefined =>
  attributes.find((attribute) => attribute.name === name)?.value

const newContainer = (
  { name = '', image = '' }: ContainerDefinition,
  { enableExecuteCommand }: TaskLaunch,
): Omit<TaskContainerRecord, 'containerId'> => ({
  name,
  image,
  lastStatus: 'PENDING',
  ...(enableExecuteCommand ? { managedAgents: [{ name: 'ExecuteCommandAgent', lastStatus: 'PENDING' }] } : {}),
})

/** GPUs of each container, in the order of the definition. */
const gpuCountsOf = (
  { containerDefinitions }: TaskDefinitionRecord,
  overrides: TaskOverride | undefined,
): readonly number[] =>
  containerDefinitions.map((container) => containerResources(container, overrideOf(overrides, container.name)).gpuCount)

/** A container's share of the task's GPUs, which are given out in the order of the definition. */
const gpuMember = (
  host: TaskHost | undefined,
  counts: readonly number[],
  index: number,
): Pick<TaskContainerRecord, 'gpuIds'> => {
  const count = counts[index] ?? 0
  if (host === undefined || count === 0) return {}
  const from = counts.slice(0, index).reduce((total, each) => total + each, 0)
  return { gpuIds: host.gpuIds.slice(from, from + count) }
}
