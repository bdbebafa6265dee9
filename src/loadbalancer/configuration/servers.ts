/**
 * A target as a server of HAProxy. All settings stand on the server's own line, because servers that are added at run time inherit nothing,
 * and only those that `add server` of HAProxy 2.6 knows are used.
 */
import type { TargetGroupRoute, TargetRoute } from '../../model/load-balancing/routing.ts'
import { addressOf, sourceParameters } from './client-addresses.ts'
import { serverName } from './names.ts'
import type { HostSettings, RenderedServer } from './settings.ts'

/** Idle connections to targets are closed within twice that time: before common servers close them, which is five seconds. */
const IDLE_CONNECTIONS = 'pool-purge-delay 2s'

/** Servers of a target group's two backends: those of targets whose addresses are known and that this machine is to use. */
export const renderServers = (
  group: TargetGroupRoute,
  isChecked: boolean,
  isLocal: IsLocal,
  host: ServerHost,
): RenderedServer[] => {
  const parameters = serverParameters(group, isChecked, host)
  return group.targets
    .filter((target) => target.address !== undefined && isLocal(target))
    .map((target) => ({
      name: serverName(target.key),
      target: target.key,
      address: hostAndPort(addressOf(target, group, host), target.port),
      parameters: target.isDraining ? `${parameters} disabled` : parameters,
      isDraining: target.isDraining,
    }))
}

/** What servers depend on. */
export type ServerHost = Pick<HostSettings, 'availabilityZone' | 'clientAddresses'>

type IsLocal = (target: TargetRoute) => boolean

/** Which targets get requests of balancers on that machine. `isCrossZone`: all; else those of its zone. */
export const isLocalTarget =
  ({ availabilityZone }: Pick<ServerHost, 'availabilityZone'>, isCrossZone: boolean): IsLocal =>
  (target) =>
    isCrossZone ||
    availabilityZone === undefined ||
    target.availabilityZone === undefined ||
    target.availabilityZone === 'all' ||
    target.availabilityZone === availabilityZone

export const hostAndPort = (address: string, port: number): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`

/** What stands after a server's address. */
const serverParameters = (group: TargetGroupRoute, isChecked: boolean, host: ServerHost): string =>
  [
    ...connectionParameters(group, host),
    ...(isChecked && group.healthCheck.isEnabled ? checkParameters(group) : []),
  ].join(' ')

const isEncrypted = ({ protocol }: TargetGroupRoute): boolean => protocol === 'HTTPS' || protocol === 'TLS'

const isHttp2 = ({ protocolVersion }: TargetGroupRoute): boolean =>
  protocolVersion === 'HTTP2' || protocolVersion === 'GRPC'

const isHttp = ({ protocol }: TargetGroupRoute): boolean => protocol === 'HTTP' || protocol === 'HTTPS'

const isOn = ({ attributes }: TargetGroupRoute, name: string): boolean => attributes[name] === 'true'

const connectionParameters = (group: TargetGroupRoute, host: ServerHost): string[] => {
  const slowStartSeconds = Number(group.attributes['slow_start.duration_seconds'] ?? 0)
  return [
    // AWS: certificates of targets are not verified.
    ...(isEncrypted(group) ? ['ssl verify none'] : []),
    ...(isEncrypted(group) && isHttp2(group) ? ['alpn h2'] : []),
    ...(isHttp2(group) ? ['proto h2'] : []),
    ...(isHttp(group) ? [IDLE_CONNECTIONS] : []),
    ...(isOn(group, 'proxy_protocol_v2.enabled') ? ['send-proxy-v2'] : []),
    ...sourceParameters(group, host),
    ...(slowStartSeconds > 0 ? [`slowstart ${slowStartSeconds}s`] : []),
  ]
}

const checkParameters = (group: TargetGroupRoute): string[] => {
  const { healthCheck } = group
  const isCheckEncrypted = healthCheck.protocol === 'HTTPS' || healthCheck.protocol === 'TLS'
  const hasFixedPort = healthCheck.port !== 'traffic-port'
  return [
    'check',
    `inter ${healthCheck.intervalSeconds}s`,
    `rise ${healthCheck.healthyThreshold}`,
    `fall ${healthCheck.unhealthyThreshold}`,
    ...(hasFixedPort ? [`port ${Number(healthCheck.port)}`] : []),
    ...(isCheckEncrypted ? ['check-ssl'] : []),
    ...(isHttp2(group) ? (isCheckEncrypted ? ['check-alpn h2', 'check-proto h2'] : ['check-proto h2']) : []),
    ...(isOn(group, 'proxy_protocol_v2.enabled') ? ['check-send-proxy'] : []),
  ]
}
