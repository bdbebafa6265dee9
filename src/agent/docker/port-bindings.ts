/** The ports of a container in the shape of the engine: which are exposed, and which port of the host each is bound to. Pure. */
import type { PayloadPortMapping } from '../../agentlink/acs-messages.ts'
import { defined } from '../../kit/assert.ts'
import type { EngineContainer, HostPortRange } from '../engine/task.ts'
import { BodyError } from '../engine/tools.ts'

type Protocol = PayloadPortMapping['protocol']

interface Binding {
  readonly containerPort: number
  readonly protocol: Protocol
  /** A port, or `first-last` for one of them. */
  readonly hostPort: string
}

export interface PortSettings {
  readonly ExposedPorts: Readonly<Record<string, object>>
  readonly PortBindings: Readonly<Record<string, readonly { readonly HostPort: string }[]>>
}

/** Protocols of the mappings whose host port is to be chosen, in their order. */
export const dynamicMappings = ({ definition }: EngineContainer): readonly Protocol[] =>
  (definition.portMappings ?? []).filter(isDynamic).map(({ protocol }) => protocol)

const isDynamic = ({ hostPort, containerPortRange }: PayloadPortMapping): boolean =>
  !hostPort && containerPortRange === undefined

/** `dynamicPorts` has what stands for each dynamic mapping: a port, or `first-last` for the engine to take one of. */
export const portSettings = (container: EngineContainer, dynamicPorts: readonly string[]): PortSettings => {
  const chosen = dynamicPorts.values()
  const exposed: Record<string, object> = {}
  const bindings: Record<string, { HostPort: string }[]> = {}
  const { portMappings = [] } = container.definition
  for (const mapping of portMappings) {
    for (const { containerPort, protocol, hostPort } of bindingsOf(mapping, container.hostPortRanges, chosen)) {
      const key = `${containerPort}/${protocol}`
      exposed[key] = {}
      bindings[key] = [...(bindings[key] ?? []), { HostPort: hostPort }]
    }
  }
  return { ExposedPorts: exposed, PortBindings: bindings }
}

const bindingsOf = (
  mapping: PayloadPortMapping,
  ranges: readonly HostPortRange[],
  dynamicPorts: Iterator<string>,
): Binding[] => {
  const { containerPort, hostPort, containerPortRange, protocol } = mapping
  if (containerPortRange !== undefined) return rangeBindings(containerPortRange, protocol, ranges)
  if (containerPort === undefined)
    throw new BodyError('a port mapping has neither a containerPort nor a containerPortRange')
  const chosen = isDynamic(mapping) ? defined(dynamicPorts.next().value, 'a dynamic port') : String(hostPort)
  return [{ containerPort, protocol, hostPort: chosen }]
}

/** Port by port: the engine wants each of them named. */
const rangeBindings = (range: string, protocol: Protocol, chosen: readonly HostPortRange[]): Binding[] => {
  const hostRange = chosen.find(
    (candidate) => candidate.containerPortRange === range && candidate.protocol === protocol,
  )
  if (hostRange === undefined) throw new BodyError(`no host ports were chosen for the container port range ${range}`)
  const [first, last] = endsOf(range)
  const [hostFirst] = endsOf(hostRange.hostPortRange)
  return Array.from({ length: last - first + 1 }, (_, index) => ({
    containerPort: first + index,
    protocol,
    hostPort: String(hostFirst + index),
  }))
}

const endsOf = (range: string): [number, number] => {
  const [first = Number.NaN, last = first] = range.split('-').map(Number)
  if (!(first >= 1 && first <= last)) throw new BodyError(`${range} is no range of ports`)
  return [first, last]
}
