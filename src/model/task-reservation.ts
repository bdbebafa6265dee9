/** What a task takes from its instance: task-level values where there are some, the sums of its containers otherwise. */
import type { ContainerDefinition, ContainerOverride, PortMapping, TaskOverride } from '@aws-sdk/client-ecs'
import type { TaskDefinitionRecord, TaskReservation } from './records.ts'

export type LaunchType = 'EC2' | 'FARGATE' | 'EXTERNAL'

/** A container's resources with the override of its task laid over the definition. Units: CPU units, MiB, whole GPUs. */
export interface ContainerResources {
  readonly cpuUnits: number
  readonly memoryMiB: number | undefined
  readonly memoryReservationMiB: number | undefined
  readonly gpuCount: number
}

export const containerResources = (
  definition: ContainerDefinition,
  override: ContainerOverride | undefined,
): ContainerResources => ({
  cpuUnits: override?.cpu ?? definition.cpu ?? 0,
  memoryMiB: override?.memory ?? definition.memory,
  memoryReservationMiB: override?.memoryReservation ?? definition.memoryReservation,
  gpuCount: gpusOf(override?.resourceRequirements ?? definition.resourceRequirements),
})

const gpusOf = (requirements: ContainerDefinition['resourceRequirements']): number =>
  Number(requirements?.find(({ type }) => type === 'GPU')?.value ?? 0)

export const overrideOf = (overrides: TaskOverride | undefined, containerName: string | undefined) =>
  overrides?.containerOverrides?.find(({ name }) => name === containerName)

export const taskReservation = (
  definition: TaskDefinitionRecord,
  overrides: TaskOverride | undefined,
  launchType: LaunchType,
): TaskReservation => {
  const containers = definition.containerDefinitions.map((container) =>
    containerResources(container, overrideOf(overrides, container.name)),
  )
  const cpu = overrides?.cpu ?? definition.cpu
  const memory = overrides?.memory ?? definition.memory
  return {
    cpuUnits: cpu === undefined ? sum(containers.map(({ cpuUnits }) => cpuUnits)) : Number(cpu),
    // The agent accounts in the same way: what a container is guaranteed, not what it may grow to.
    memoryMiB:
      memory === undefined
        ? sum(containers.map(({ memoryMiB, memoryReservationMiB }) => memoryReservationMiB ?? memoryMiB ?? 0))
        : Number(memory),
    tcpPorts: hostPorts(definition, launchType, 'tcp'),
    udpPorts: hostPorts(definition, launchType, 'udp'),
    gpuCount: sum(containers.map(({ gpuCount }) => gpuCount)),
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)

/** Static host ports: those named in bridge mode, all container ports in host mode. A network interface of its own needs none. */
const hostPorts = (
  { networkMode, containerDefinitions }: TaskDefinitionRecord,
  launchType: LaunchType,
  protocol: 'tcp' | 'udp',
): readonly number[] => {
  if (launchType === 'FARGATE' || networkMode === 'awsvpc' || networkMode === 'none') return []
  const mappings = containerDefinitions.flatMap(({ portMappings = [] }) => portMappings)
  const ports = mappings
    .filter((mapping) => (mapping.protocol ?? 'tcp') === protocol)
    .map((mapping) => hostPort(mapping, networkMode))
  return [...new Set(ports)].filter((port) => port !== 0)
}

const hostPort = (mapping: PortMapping, networkMode: TaskDefinitionRecord['networkMode']): number =>
  (networkMode === 'host' ? mapping.hostPort || mapping.containerPort : mapping.hostPort) ?? 0
