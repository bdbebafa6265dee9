/**
 * Target groups whose targets see clients' addresses (`preserve_client_ip.enabled`): connections and datagrams to them have the client as their source. What
 * brings replies back is not a matter of the configuration (`../client-addresses.ts`).
 */
import type { RoutingTable, RuleRoute, TargetGroupRoute, TargetRoute } from '../../model/load-balancing/routing.ts'
import { sharesOf } from './forward.ts'
import { isOn } from './scope.ts'
import type { HostSettings } from './settings.ts'

/** Whether its targets are to see them. */
export const preservesClients = ({ attributes }: Pick<TargetGroupRoute, 'attributes'>): boolean =>
  isOn(attributes, 'preserve_client_ip.enabled')

type Host = Pick<HostSettings, 'clientAddresses'>

/** Why these rules cannot be followed here: targets would take somebody else for the client. */
export const preservationProblem = (
  rules: readonly RuleRoute[],
  { targetGroups }: Pick<RoutingTable, 'targetGroups'>,
  { clientAddresses }: Host,
): string | undefined => {
  const groups = rules.flatMap(sharesOf).map(({ targetGroupArn }) => targetGroups.get(targetGroupArn))
  return groups.some((group) => group !== undefined && preservesClients(group)) ? clientAddresses?.problem : undefined
}

/** Without the means, only health checks get to the targets. */
export const isSentAsClient = (group: TargetGroupRoute, { clientAddresses }: Host): boolean =>
  preservesClients(group) && clientAddresses?.problem === undefined

/**
 * Of a server's line. Its health checks have no client, and HAProxy's own address then.
 *
 * Source: HAProxy Configuration Manual, "source".
 */
export const sourceParameters = (group: TargetGroupRoute, host: Host): readonly string[] =>
  isSentAsClient(group, host) ? ['source 0.0.0.0 usesrc clientip'] : []

/**
 * Of a backend. Packets from the loopback interface's addresses reach no other one, and those of IPv6 no target here: such clients have the balancer's own
 * address, whichever the kernel takes.
 */
export const sourceLines = (group: TargetGroupRoute, host: Host): readonly string[] =>
  isSentAsClient(group, host)
    ? ['tcp-request content set-src ipv4(0.0.0.0) if { src 127.0.0.0/8 } or !{ src 0.0.0.0/0 }']
    : []

/**
 * Where a target is reached. Nothing can be sent in the name of a client to the loopback interface, as replies would leave it: what has an address there
 * is reached at another one of this machine.
 */
export const addressOf = ({ address = '' }: TargetRoute, group: TargetGroupRoute, host: Host): string =>
  isSentAsClient(group, host) && address.startsWith('127.') ? (host.clientAddresses?.ownAddress ?? address) : address
