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
  readonly capacityProviderName?: string | undefined
}

/** A function that makes one new task of the launch on each host it is given. */
export const taskMaker = (launch: TaskLaunch, ids: Ids): ((host: TaskHost) => TaskRecord) => {
  const shared = sharedMembers(launch)
  const containers = launch.definition.containerDefinitions.map((container) => newContainer(container, launch))
  const gpuCounts = launch.definition.containerDefinitions.map((container) => gpuCountOf(container, launch))
  return ({ instance, gpuIds, capacityProviderName }) => ({
    ...shared,
    ...hostMembers(launch, instance),
    ...(capacityProviderName === undefined ? {} : { capacityProviderName }),
    taskId: ids.orderedHex32(launch.createdAt),
    containers: containers.map((container, index) => ({
      ...container,
      ...(gpuCounts[index] === 0 ? {} : { gpuIds: gpusAt(gpuIds, gpuCounts, index) }),
      containerId: ids.uuid(),
    })),
  })
}

const sharedMembers = (launch: TaskLaunch): Omit<TaskRecord, 'taskId' | 'containers'> => {
  const { clusterArn, definition, launchType, overrides, reservation, group, createdAt } = launch
  const cpu = overrides?.cpu ?? definition.cpu
  const memory = overrides?.memory ?? definition.memory
  const ephemeralStorage = overrides?.ephemeralStorage ?? definition.ephemeralStorage
  return {
    clusterArn,
    taskDefinitionArn: definition.taskDefinitionArn,
    lastStatus: launchType === 'FARGATE' ? 'PROVISIONING' : 'PENDING',
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
const hostMembers = (launch: TaskLaunch, instance: ContainerInstanceRecord): Partial<TaskRecord> => {
  const { containerInstanceId } = instance
  const availabilityZone = attributeOf(instance, 'ecs.availability-zone')
  const cpuArchitecture = attributeOf(instance, 'ecs.cpu-architecture')
  return {
    ...(launch.launchType === 'FARGATE'
      ? { hostInstanceId: containerInstanceId }
      : { containerInstanceId, connectivityAt: launch.createdAt }),
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

const gpuCountOf = (container: ContainerDefinition, { overrides }: TaskLaunch): number =>
  containerResources(container, overrideOf(overrides, container.name)).gpuCount

/** A container's share of the task's GPUs, which are given out in the order of the definition. */
const gpusAt = (gpuIds: readonly string[], counts: readonly number[], index: number): readonly string[] => {
  const from = counts.slice(0, index).reduce((total, count) => total + count, 0)
  return gpuIds.slice(from, from + (counts[index] ?? 0))
}
