/**
 * A task as its agent is told: every member of its definition and its overrides, in the shape of the agent protocol. Pure.
 *
 * Network mode `awsvpc` needs network interfaces, which this version does not make. Such tasks, all FARGATE tasks among them, are given
 * Docker's bridge instead: their containers have addresses of their own on the host's bridge, and no host ports are published but, at
 * ports that Docker chooses, those that load balancers lead to.
 */
import type { Volume } from '@aws-sdk/client-ecs'
import type { EcrAuthData, IAMRoleCredentials, PayloadTask, PayloadVolume } from '../../agentlink/acs-messages.ts'
import { compact } from '../../kit/compact.ts'
import { taskArn, taskDefinitionOf } from '../../model/arn.ts'
import type { TaskDefinitionRecord, TaskRecord } from '../../model/records.ts'
import type { RevisionLoadBalancer } from '../../model/service-records.ts'
import { parseTaskCpu, parseTaskMemory } from '../../model/task-size.ts'
import { type ContainerContext, containerPayload } from './container-payload.ts'

export interface PayloadCredentials {
  readonly taskRole?: IAMRoleCredentials
  readonly executionRole?: IAMRoleCredentials
}

/** What a payload says besides what stands in the records of task and definition. */
export interface PayloadAdditions extends PayloadCredentials {
  /** Mode of log drivers where the definition names none; absent leaves it to Docker. */
  readonly logDriverMode?: string
  /** Undefined for images of other registries. */
  readonly ecrAuthOf?: (image: string) => Omit<EcrAuthData, 'useExecutionRole'> | undefined
  /** Of the service revision that the task is of. */
  readonly loadBalancers?: readonly RevisionLoadBalancer[] | undefined
  /** By container name. */
  readonly imageDigests?: Readonly<Record<string, string>> | undefined
}

const CPU_UNITS_PER_VCPU = 1024
const SERVICE_GROUP = 'service:'

export const taskPayload = (
  task: TaskRecord,
  definition: TaskDefinitionRecord,
  { taskRole, executionRole, logDriverMode, ecrAuthOf, imageDigests, loadBalancers }: PayloadAdditions = {},
): PayloadTask => {
  const mode = definition.networkMode ?? 'bridge'
  const networkMode = mode === 'awsvpc' ? 'bridge' : mode
  const context = {
    task,
    networkMode,
    publishedPorts: publisher(mode, loadBalancers),
    hasExecutionCredentials: executionRole !== undefined,
    logDriverMode,
    ecrAuthOf,
    imageDigests,
  }
  return compact({
    ...identity(task),
    desiredStatus: 'RUNNING' as const,
    containers: definition.containerDefinitions.map((container) => containerPayload(container, context)),
    volumes: definition.volumes.map(payloadVolume),
    roleCredentials: taskRole,
    executionRoleCredentials: executionRole,
    networkMode,
    cpu: vCpus(task),
    memory: task.memory === undefined ? undefined : parseTaskMemory(task.memory),
    pidMode: definition.pidMode,
    ipcMode: definition.ipcMode,
    associations: gpuAssociations(task),
    proxyConfiguration: proxyConfiguration(definition),
    launchType: task.launchType,
    serviceName: task.group.startsWith(SERVICE_GROUP) ? task.group.slice(SERVICE_GROUP.length) : undefined,
    group: task.group,
    enableFaultInjection: definition.enableFaultInjection,
  })
}

/** The port mappings of a container that are published on the host. */
const publisher = (
  mode: NonNullable<TaskDefinitionRecord['networkMode']>,
  loadBalancers: readonly RevisionLoadBalancer[] = [],
): ContainerContext['publishedPorts'] => {
  if (mode === 'bridge' || mode === 'host') return ({ portMappings }) => portMappings
  if (mode === 'none') return () => undefined
  return ({ name, portMappings }) => {
    const ports = new Set(
      loadBalancers.filter(({ containerName }) => containerName === name).map(({ containerPort }) => containerPort),
    )
    const published = portMappings?.filter(({ containerPort = 0 }) => ports.has(containerPort)) ?? []
    return published.length === 0 ? undefined : published.map((mapping) => ({ ...mapping, hostPort: 0 }))
  }
}

const vCpus = ({ cpu }: TaskRecord): number | undefined => {
  const units = cpu === undefined ? undefined : parseTaskCpu(cpu)
  return units === undefined ? undefined : units / CPU_UNITS_PER_VCPU
}

/** The order to stop a task. It needs no definition: an agent that never saw the task reports it as stopped. */
export const stopPayload = (task: TaskRecord): PayloadTask => ({ ...identity(task), desiredStatus: 'STOPPED' })

const identity = (task: TaskRecord): Pick<PayloadTask, 'arn' | 'taskClusterArn' | 'family' | 'version'> => {
  const { family, revision } = taskDefinitionOf(task.taskDefinitionArn)
  return {
    arn: taskArn(task.clusterArn, task.taskId),
    taskClusterArn: task.clusterArn,
    family,
    version: String(revision),
  }
}

const payloadVolume = (volume: Volume): PayloadVolume => {
  const name = volume.name ?? ''
  const { dockerVolumeConfiguration, efsVolumeConfiguration, fsxWindowsFileServerVolumeConfiguration } = volume
  // The SDK's shapes and the payload's are the same but for members that the SDK types allow to be undefined.
  if (dockerVolumeConfiguration !== undefined) {
    return { name, type: 'docker', dockerVolumeConfiguration } as PayloadVolume
  }
  if (efsVolumeConfiguration !== undefined) return { name, type: 'efs', efsVolumeConfiguration } as PayloadVolume
  if (fsxWindowsFileServerVolumeConfiguration !== undefined) {
    return { name, type: 'fsxWindowsFileServer', fsxWindowsFileServerVolumeConfiguration } as PayloadVolume
  }
  if (volume.configuredAtLaunch === true) return { name }
  return { name, type: 'host', host: { sourcePath: volume.host?.sourcePath ?? '' } }
}

/** One per GPU that placement gave to a container. */
const gpuAssociations = ({ containers }: TaskRecord): PayloadTask['associations'] => {
  const associations = containers.flatMap(({ name, gpuIds = [] }) =>
    gpuIds.map((gpuId) => ({
      name: gpuId,
      type: 'gpu' as const,
      containers: [name],
      content: { encoding: 'identity', value: '' },
    })),
  )
  return associations.length === 0 ? undefined : associations
}

const proxyConfiguration = ({ proxyConfiguration: proxy }: TaskDefinitionRecord): PayloadTask['proxyConfiguration'] =>
  proxy && {
    type: proxy.type ?? 'APPMESH',
    containerName: proxy.containerName ?? '',
    properties: Object.fromEntries((proxy.properties ?? []).map(({ name = '', value = '' }) => [name, value])),
  }
