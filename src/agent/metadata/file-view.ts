/** What stands in a container metadata file. Pure. */
import type { EngineContainer, EngineTask } from '../engine/task.ts'
import type { HostAddresses } from '../../kit/network/host-address.ts'
import { listed, networksOf } from './container-members.ts'

export interface FileFacts {
  /** As configured. */
  readonly cluster: string
  readonly containerInstanceArn?: string | undefined
  readonly availabilityZone?: string | undefined
  readonly host: HostAddresses
}

type Members = Readonly<Record<string, unknown>>

/** Before there is a container. AWS: without a status, which is for the complete one. */
export const initialFileView = (task: EngineTask, { definition }: EngineContainer, facts: FileFacts): Members => ({
  Cluster: facts.cluster,
  ...(facts.containerInstanceArn !== undefined && { ContainerInstanceARN: facts.containerInstanceArn }),
  TaskARN: task.arn,
  TaskDefinitionFamily: task.definition.family ?? '',
  TaskDefinitionRevision: task.definition.version ?? '',
  ContainerName: definition.name,
})

/** Of a container that runs. */
export const fileView = (task: EngineTask, container: EngineContainer, facts: FileFacts): Members => ({
  ...initialFileView(task, container, facts),
  ContainerID: container.dockerId ?? '',
  // AWS: as the engine itself writes names.
  DockerContainerName: `/${container.dockerName}`,
  ImageID: container.imageId ?? '',
  ImageName: container.definition.image,
  ...listed('PortMappings', container.ports.map(portMapping)),
  ...listed('Networks', networksOf(container)),
  MetadataFileStatus: 'READY',
  ...(facts.availabilityZone !== undefined && { AvailabilityZone: facts.availabilityZone }),
  ...(facts.host.ipv4 !== undefined && { HostPrivateIPv4Address: facts.host.ipv4 }),
  ...(facts.host.ipv6 !== undefined && { HostIPv6Address: facts.host.ipv6 }),
})

const portMapping = ({ containerPort, hostPort, hostIp, protocol }: EngineContainer['ports'][number]): Members => ({
  ContainerPort: containerPort,
  HostPort: hostPort,
  BindIp: hostIp,
  Protocol: protocol,
})
