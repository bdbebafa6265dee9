/** Members of a container that all of the agent's own APIs show alike: ports, networks, volumes and moments. Pure. */
import { isoText } from '../../kit/timestamps.ts'
import type { EngineContainer } from '../engine/task.ts'

/** In ISO 8601, under the name of the member; nothing for what never happened. */
export const moment = <Name extends string>(name: Name, milliseconds: number | undefined): { [N in Name]?: string } =>
  milliseconds === undefined ? {} : ({ [name]: isoText(milliseconds) } as { [N in Name]?: string })

/** AWS: the bindings that there are, those of IPv6 whatever the agent reports; before there are any, what is to be mapped. */
export const portsOf = ({ ports, definition }: EngineContainer) =>
  ports.length > 0
    ? ports.map(({ containerPort, protocol, hostPort, hostIp }) => ({
        ContainerPort: containerPort,
        Protocol: protocol,
        HostPort: hostPort,
        HostIp: hostIp,
      }))
    : (definition.portMappings ?? []).flatMap(({ containerPort, protocol, hostPort }) =>
        containerPort === undefined
          ? []
          : [{ ContainerPort: containerPort, Protocol: protocol, ...(hostPort && { HostPort: hostPort }) }],
      )

/** Modes in which a container has no address that is its own. */
const WITHOUT_ADDRESS = ['host', 'none']

/** AWS: a container on a bridge that has stopped has an address still, which is empty. */
export const networksOf = ({ networks }: EngineContainer) =>
  networks.map(({ name, ipv4Address, ipv6Address }) => ({
    NetworkMode: name,
    ...(!WITHOUT_ADDRESS.includes(name) && { IPv4Addresses: [ipv4Address] }),
    ...(ipv6Address !== undefined && { IPv6Addresses: [ipv6Address] }),
  }))

export const volumesOf = ({ mounts }: EngineContainer) =>
  mounts.map(({ name, source, destination }) => ({
    ...(name !== undefined && { DockerName: name }),
    Source: source,
    Destination: destination,
  }))

/** A list under the name of its member, nothing for an empty one. */
export const listed = <Name extends string, Item>(
  name: Name,
  items: readonly Item[],
): { readonly [N in Name]?: readonly Item[] } =>
  items.length === 0 ? {} : ({ [name]: items } as { readonly [N in Name]?: readonly Item[] })
