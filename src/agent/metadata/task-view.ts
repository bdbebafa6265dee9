/**
 * A task and its containers as their own containers see them, in the versions of the task metadata endpoint. What a container was given in
 * secret is in none: neither its environment nor the options that its log driver gets from secrets. Pure.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4-response.html
 */
import { isoText } from '../../kit/timestamps.ts'
import { type EngineContainer, type EngineTask, hasReached, isStopped } from '../engine/task.ts'
import { listed, moment, networksOf, portsOf, volumesOf } from './container-members.ts'

export type MetadataVersion = 'v2' | 'v3' | 'v4'

/** What is known of the host, and told with each of its tasks. */
export interface HostView {
  /** As configured. */
  readonly cluster: string
  readonly availabilityZone?: string | undefined
  readonly vpcId?: string | undefined
}

type Members = Readonly<Record<string, unknown>>

/** AWS: no container has fewer shares than the kernel gives. */
const LEAST_CPU_UNITS = 2

export const taskView = (task: EngineTask, version: MetadataVersion, host: HostView): Members => {
  const { definition } = task
  return {
    Cluster: host.cluster,
    TaskARN: task.arn,
    Family: definition.family ?? '',
    Revision: definition.version ?? '',
    DesiredStatus: task.desiredStatus,
    KnownStatus: task.knownStatus,
    ...listed('Containers', shownContainers(task, version)),
    ...taskLimits(task),
    ...moment('PullStartedAt', task.pullStartedAt),
    ...moment('PullStoppedAt', task.pullStoppedAt),
    ...moment('ExecutionStoppedAt', task.executionStoppedAt),
    ...text('AvailabilityZone', host.availabilityZone),
    ...(version === 'v4' && {
      ...text('LaunchType', definition.launchType),
      ...text('VPCID', host.vpcId),
      ...text('ServiceName', definition.serviceName),
      FaultInjectionEnabled: definition.enableFaultInjection ?? false,
    }),
  }
}

export const containerView = (container: EngineContainer, version: MetadataVersion): Members => {
  const { definition } = container
  return {
    DockerId: container.dockerId ?? '',
    Name: definition.name,
    DockerName: container.dockerName,
    Image: definition.image,
    ImageID: container.imageId ?? '',
    ...listed('Ports', version === 'v4' ? portsOf(container) : portsOf(container).map(withoutHostIp)),
    ...(container.labels && { Labels: container.labels }),
    DesiredStatus: container.desiredStatus,
    KnownStatus: container.knownStatus,
    ...(isStopped(container) && container.exitCode !== undefined && { ExitCode: container.exitCode }),
    Limits: { CPU: Math.max(LEAST_CPU_UNITS, definition.cpu), Memory: definition.memory },
    ...moment('CreatedAt', container.createdAt),
    ...moment('StartedAt', container.startedAt),
    // One that was started again has ended before.
    ...(isStopped(container) && moment('FinishedAt', container.finishedAt)),
    Type: 'NORMAL',
    ...listed('Networks', networksOf(container)),
    ...healthOf(container),
    ...listed('Volumes', volumesOf(container)),
    ...(version === 'v4' && newerMembers(container)),
  }
}

/** AWS: containers are there from when their image is. */
const shownContainers = ({ containers }: EngineTask, version: MetadataVersion): Members[] =>
  containers
    .filter((container) => container.dockerId !== undefined || hasReached(container, 'PULLED'))
    .map((container) => containerView(container, version))

/** AWS: in vCPUs and MiB; of the task as a whole, if it has any. */
const taskLimits = ({ definition: { cpu = 0, memory = 0 } }: EngineTask): Members =>
  cpu === 0 && memory === 0
    ? {}
    : { Limits: { ...(cpu !== 0 && { CPU: cpu }), ...(memory !== 0 && { Memory: memory }) } }

const withoutHostIp = ({ ContainerPort, Protocol, HostPort }: ReturnType<typeof portsOf>[number]) => ({
  ContainerPort,
  Protocol,
  ...(HostPort !== undefined && { HostPort }),
})

const healthOf = ({ health, definition }: EngineContainer): Members => {
  if (definition.healthCheckType !== 'docker') return {}
  if (health === undefined) return { Health: { status: 'UNKNOWN' } }
  const { status, since, exitCode, output } = health
  return {
    Health: {
      status,
      statusSince: isoText(since),
      ...(exitCode !== undefined && { exitCode }),
      ...(output !== '' && { output }),
    },
  }
}

const newerMembers = (container: EngineContainer): Members => {
  const { containerArn, restartPolicy } = container.definition
  return {
    ...logging(container),
    ...text('ContainerARN', containerArn),
    ...(restartPolicy?.enabled && { RestartCount: container.restartCount }),
  }
}

interface HostConfig {
  readonly LogConfig?: { readonly Type?: string; readonly Config?: Readonly<Record<string, string>> }
}

/** As the task definition says: options that come from secrets are added when the container is created, and stand in no record. */
const logging = ({ definition }: EngineContainer): Members => {
  const log = hostConfigOf(definition.dockerConfig.hostConfig)?.LogConfig
  if (!log?.Type) return {}
  const hasOptions = Object.keys(log.Config ?? {}).length > 0
  return { LogDriver: log.Type, ...(hasOptions && { LogOptions: log.Config }) }
}

/** Undefined for a text that is no JSON: no container is made from that. */
const hostConfigOf = (text = '{}'): HostConfig | undefined => {
  try {
    return JSON.parse(text) as HostConfig
  } catch {
    return undefined
  }
}

/** Left out where it is empty. */
const text = (name: string, value: string | undefined): Members => (value ? { [name]: value } : {})
