/** Port mappings: ranges, names, and what each network mode allows. Source: PortMapping in the API reference. */
import type { ContainerDefinition, PortMapping } from '@aws-sdk/client-ecs'
import { ecsEnums } from '../enums.ts'
import { PORT_RANGES_PER_CONTAINER } from '../../../model/limits.ts'
import {
  type ContainerRule,
  networkModeOf,
  ensure,
  requireDistinct,
  requireOneOf,
  requireRange,
  type TaskRule,
} from './rule.ts'

const PORT_MAX = 65_535
const PORT_NAME = /^[a-z0-9_][a-z0-9_-]{0,63}$/

/** AWS: any protocol that is not `udp` counts as `tcp`. */
export const protocolOf = ({ protocol }: PortMapping): 'tcp' | 'udp' => (protocol === 'udp' ? 'udp' : 'tcp')

interface Range {
  readonly from: number
  readonly to: number
}

const rangeOf = ({ containerPort, containerPortRange }: PortMapping): Range => {
  if (containerPortRange === undefined) return { from: containerPort ?? 0, to: containerPort ?? 0 }
  const [from = 0, to = 0] = containerPortRange.split('-').map(Number)
  return { from, to }
}

export const portMappingsAreValid: ContainerRule = ({ portMappings = [] }, task) => {
  for (const mapping of portMappings) {
    if (mapping.containerPortRange === undefined) checkSinglePort(mapping, networkModeOf(task))
    else checkPortRange(mapping, networkModeOf(task))
    requireOneOf('portMappings.appProtocol', mapping.appProtocol, ecsEnums.ApplicationProtocol)
    if (mapping.name !== undefined)
      ensure(PORT_NAME.test(mapping.name), 'PortMapping.name contains invalid characters.')
  }
  const ranges = portMappings.filter(({ containerPortRange }) => containerPortRange !== undefined)
  const limit = PORT_RANGES_PER_CONTAINER
  ensure(ranges.length <= limit, `A container can have at most ${limit} container port ranges.`)
  checkOverlaps(portMappings)
}

const checkSinglePort = ({ containerPort, hostPort }: PortMapping, networkMode: string): void => {
  ensure(containerPort !== undefined, 'A port mapping must specify a containerPort or a containerPortRange.')
  requireRange('PortMapping.containerPort', containerPort, 1, PORT_MAX)
  requireRange('PortMapping.hostPort', hostPort, 0, PORT_MAX)
  ensure(networkMode !== 'none', 'Port mappings are not supported when networkMode=none.')
  if (networkMode === 'bridge' || !hostPort || hostPort === containerPort) return
  ensure(false, `When networkMode=${networkMode}, the host ports and container ports in port mappings must match.`)
}

const checkPortRange = (mapping: PortMapping, networkMode: string): void => {
  const { containerPortRange = '', containerPort, hostPort } = mapping
  ensure(
    containerPort === undefined && hostPort === undefined,
    'When containerPortRange is specified, containerPort and hostPort must not be specified.',
  )
  ensure(
    networkMode === 'bridge' || networkMode === 'awsvpc',
    `containerPortRange is not supported when networkMode=${networkMode}.`,
  )
  const { from, to } = rangeOf(mapping)
  ensure(
    /^\d{1,5}-\d{1,5}$/.test(containerPortRange) && from >= 1 && from < to && to <= PORT_MAX,
    `Invalid containerPortRange '${containerPortRange}'.`,
  )
}

/**
 * AWS: the API reference says that a port is for one protocol; it may be for both, of a DNS server, say, and the developer guide says nothing
 * else any more (https://github.com/awsdocs/amazon-ecs-developer-guide/pull/128).
 */
const checkOverlaps = (mappings: readonly PortMapping[]): void => {
  for (const protocol of ['tcp', 'udp'] as const) {
    const ranges = mappings.filter((mapping) => protocolOf(mapping) === protocol).map(rangeOf)
    ranges
      .toSorted((one, other) => one.from - other.from)
      .forEach(({ from }, index, sorted) => {
        const before = sorted[index - 1]
        const isFree = before === undefined || before.to < from
        ensure(isFree, `Container port ${from} is specified in more than one port mapping.`)
      })
  }
}

/** No two containers of a task can have the same port of the host, or of the network namespace that they share. */
export const hostPortsAreDistinct: TaskRule = (task) => {
  const mappings = (task.containerDefinitions ?? []).flatMap(({ portMappings = [] }) => portMappings)
  const shared = networkModeOf(task) !== 'bridge'
  const ports = mappings
    .map((mapping) => ({ port: shared ? mapping.containerPort : mapping.hostPort, protocol: protocolOf(mapping) }))
    .filter(({ port }) => port)
  requireDistinct(
    'Host port',
    ports.map(({ port, protocol }) => `${port}/${protocol}`),
  )
}

export const portNamesAreDistinct: TaskRule = ({ containerDefinitions = [] }) =>
  requireDistinct('Port mapping name', containerDefinitions.flatMap(portNames))

const portNames = ({ portMappings = [] }: ContainerDefinition): string[] =>
  portMappings.flatMap(({ name }) => name ?? [])
