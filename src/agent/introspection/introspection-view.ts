/** What the introspection API shows of a task: the ECS agent's names and words for it. Pure. */
import { isoText } from '../../kit/timestamps.ts'
import type { EngineContainer, EngineTask } from '../engine/task.ts'

export interface TaskView {
  readonly Arn: string
  /** Only while it is ahead of the known status. */
  readonly DesiredStatus?: string
  readonly KnownStatus: 'PENDING' | 'RUNNING' | 'STOPPED'
  readonly Family: string
  readonly Version: string
  readonly Containers: readonly ContainerView[]
}

interface ContainerView {
  readonly DockerId: string
  readonly DockerName: string
  readonly Name: string
  readonly Image: string
  readonly ImageID: string
  readonly CreatedAt?: string
  readonly StartedAt?: string
  readonly Ports?: readonly {
    readonly ContainerPort: number
    readonly Protocol: string
    readonly HostIp: string
    readonly HostPort: number
  }[]
  readonly Networks?: readonly { readonly NetworkMode: string; readonly IPv4Addresses: readonly string[] }[]
  readonly Volumes?: readonly { readonly DockerName?: string; readonly Source: string; readonly Destination: string }[]
  readonly RestartCount?: number
}

const RANK = { PENDING: 0, RUNNING: 1, STOPPED: 2 } as const

export const taskView = (task: EngineTask): TaskView => {
  const known = task.knownStatus === 'RUNNING' || task.knownStatus === 'STOPPED' ? task.knownStatus : 'PENDING'
  return {
    Arn: task.arn,
    ...(RANK[task.desiredStatus] >= RANK[known] && { DesiredStatus: task.desiredStatus }),
    KnownStatus: known,
    Family: task.definition.family ?? '',
    Version: task.definition.version ?? '',
    Containers: task.containers.map(containerView),
  }
}

const containerView = (container: EngineContainer): ContainerView => ({
  DockerId: container.dockerId ?? '',
  DockerName: container.dockerName,
  Name: container.definition.name,
  Image: container.definition.image,
  ImageID: container.imageId ?? '',
  ...(container.createdAt !== undefined && { CreatedAt: isoText(container.createdAt) }),
  ...(container.startedAt !== undefined && { StartedAt: isoText(container.startedAt) }),
  ...(container.ports.length > 0 && { Ports: container.ports.map(portView) }),
  ...(container.networks.length > 0 && { Networks: container.networks.map(networkView) }),
  ...(container.mounts.length > 0 && { Volumes: container.mounts.map(volumeView) }),
  ...(container.definition.restartPolicy?.enabled && { RestartCount: container.restartCount }),
})

const portView = (port: EngineContainer['ports'][number]) => ({
  ContainerPort: port.containerPort,
  Protocol: port.protocol,
  HostIp: port.hostIp,
  HostPort: port.hostPort,
})

const networkView = ({ name, ipv4Address }: EngineContainer['networks'][number]) => ({
  NetworkMode: name,
  IPv4Addresses: ipv4Address === '' ? [] : [ipv4Address],
})

const volumeView = ({ name, source, destination }: EngineContainer['mounts'][number]) => ({
  ...(name !== undefined && { DockerName: name }),
  Source: source,
  Destination: destination,
})
