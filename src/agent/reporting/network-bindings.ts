/** The ports of a container as the control plane gets to see them. */
import type { NetworkBinding } from '@aws-sdk/client-ecs'
import { portsOf } from '../engine/port-range.ts'
import type { EngineContainer, HostPortRange } from '../engine/task.ts'
import type { PortBinding } from '../runtime.ts'

/** AWS: "You can only have up to 100 network bindings"; more than that come only from ranges, which are told as such. */
const BINDINGS = 100

/** Docker binds each port on all IPv4 and all IPv6 addresses; the latter are left out unless asked for. */
export const networkBindingsOf = (container: EngineContainer, excludeIpv6: boolean): NetworkBinding[] => {
  const ports = container.ports.filter(({ hostIp }) => !excludeIpv6 || hostIp !== '::')
  const single = ports.filter((port) => !container.hostPortRanges.some((range) => isWithin(port, range)))
  return [
    ...single.map(singleBinding),
    ...container.hostPortRanges.flatMap((range) => rangeBindings(range, ports)),
  ].slice(0, BINDINGS)
}

/** Whether it is reached elsewhere than the control plane knows. What was told without a note of the ports is told again. */
export const hasMoved = ({ knownStatus, sentStatus, ports, sentPorts = [] }: EngineContainer): boolean =>
  sentStatus === 'RUNNING' &&
  knownStatus === 'RUNNING' &&
  (ports.length !== sentPorts.length || ports.some((port, index) => !isSame(port, sentPorts[index])))

const isSame = (port: PortBinding, other: PortBinding | undefined): boolean =>
  port.hostPort === other?.hostPort &&
  port.hostIp === other.hostIp &&
  port.containerPort === other.containerPort &&
  port.protocol === other.protocol

const singleBinding = ({ hostIp, containerPort, hostPort, protocol }: PortBinding): NetworkBinding => ({
  bindIP: hostIp,
  containerPort,
  hostPort,
  protocol,
})

const isWithin = ({ containerPort, protocol }: PortBinding, range: HostPortRange): boolean =>
  protocol === range.protocol && portsOf(range.containerPortRange).includes(containerPort)

/** One binding for each address that the range is bound on. */
const rangeBindings = (range: HostPortRange, ports: readonly PortBinding[]): NetworkBinding[] => {
  const addresses = new Set(ports.filter((port) => isWithin(port, range)).map(({ hostIp }) => hostIp))
  const { containerPortRange, hostPortRange, protocol } = range
  return [...addresses].map((bindIP) => ({ bindIP, containerPortRange, hostPortRange, protocol }))
}
