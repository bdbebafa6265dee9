/** Static host ports: neither another task's nor reserved by the instance. */
import type { PlacementFilter } from './filter.ts'

export const portsFilter: PlacementFilter = {
  applies: ({ reservation }) => reservation.tcpPorts.length > 0 || reservation.udpPorts.length > 0,
  check: ({ reservation }, instance) =>
    !reservation.tcpPorts.some((port) => instance.hasTcpPort(port)) &&
    !reservation.udpPorts.some((port) => instance.hasUdpPort(port)),
  reason: 'RESOURCE:PORTS',
}
