/**
 * Datagrams (UDP and TCP_UDP listeners of Network Load Balancers) go through nginx's stream module: a listener for each, and as upstreams the
 * targets that are to get datagrams now. Pure.
 *
 * Source: ngx_stream_proxy_module, ngx_stream_upstream_module, ngx_stream_split_clients_module.
 */
import type {
  ListenerRoute,
  LoadBalancerRoute,
  RoutingTable,
  TargetGroupRoute,
} from '../../model/load-balancing/routing.ts'
import { addressOf, isSentAsClient } from '../configuration/client-addresses.ts'
import { sharesOf } from '../configuration/forward.ts'
import { isOn } from '../configuration/scope.ts'
import { hostAndPort, isLocalTarget } from '../configuration/servers.ts'
import type { HostSettings } from '../configuration/settings.ts'
import { isCrossZone, neededHealth } from '../configuration/target-groups.ts'
import { type DatagramListener, datagramListeners } from './listeners.ts'

/** Whether a target is to get datagrams. */
export type IsServed = (targetGroupArn: string, target: string) => boolean

export interface NginxSettings extends Pick<
  HostSettings,
  'availabilityZone' | 'sharedAddress' | 'isBindable' | 'clientAddresses'
> {
  readonly processIdFile: string
  readonly errorLogFile: string
  /** Of the stream module, if it is not built in. */
  readonly streamModule?: string
  readonly isServed: IsServed
}

export interface RenderedNginx {
  readonly text: string
  /** Nothing to serve: nginx need not run. */
  readonly isEmpty: boolean
  /** What is not served here, by the load balancer's ARN, and why. */
  readonly problems: ReadonlyMap<string, string>
}

/** AWS: a flow of datagrams ends when there were none for so long. */
export const IDLE_SECONDS = 120
const CONNECTIONS = 16_384

export const renderNginx = (table: RoutingTable, settings: NginxSettings): RenderedNginx => {
  const { listeners, problems } = datagramListeners(table, settings)
  const servers = listeners.flatMap((listener) => serverOf(listener, table, settings))
  const lines = [
    ...(settings.streamModule === undefined ? [] : [`load_module ${settings.streamModule};`]),
    'worker_processes 2;',
    `pid ${settings.processIdFile};`,
    // Of datagrams that a target refuses, or for which there is no target, there would be a line each.
    `error_log ${settings.errorLogFile} crit;`,
    // A worker from before a reload keeps its flows for that long at most.
    `worker_shutdown_timeout ${IDLE_SECONDS}s;`,
    `events { worker_connections ${CONNECTIONS}; }`,
    'stream {',
    ...(servers.some((line) => line.includes(CLIENT_ADDRESS)) ? [CLIENT_ADDRESS_LINE] : []),
    ...servers,
    '}',
  ]
  return { text: `${lines.join('\n')}\n`, isEmpty: listeners.length === 0, problems }
}

/** In whose name datagrams are sent; empty, nginx has its own address: for the same clients as HAProxy. */
const CLIENT_ADDRESS = '$client_address'
const CLIENT_ADDRESS_LINE = `  map $remote_addr ${CLIENT_ADDRESS} { default $remote_addr; ~^127\\. ""; ~: ""; }`

/** AWS: all datagrams of a flow go to one target; a flow is known by its addresses and ports. */
const FLOW = '$remote_addr:$remote_port'

const serverOf = (
  { loadBalancer, listener, addresses }: DatagramListener,
  table: RoutingTable,
  settings: NginxSettings,
): string[] => {
  const name = nameOf(listener)
  const shares = weightedTargets(loadBalancer, listener, table, settings)
  const upstreams = shares.map(({ targets }, index) => (targets.length === 0 ? '' : `to_${name}_${index}`))
  return [
    ...shares.flatMap((share, index) => upstreamLines(upstreams[index] ?? '', share)),
    ...(shares.length > 1 ? [...splitLines(name, upstreams, shares), ...sourceMap(name, upstreams, shares)] : []),
    '  server {',
    ...addresses.map((address) => `    listen ${hostAndPort(address, listener.port)} udp reuseport;`),
    `    proxy_timeout ${IDLE_SECONDS}s;`,
    ...sourceLines(name, shares),
    `    ${shares.length > 1 ? `proxy_pass $to_${name};` : destination(upstreams[0])}`,
    '  }',
  ]
}

/** The end of its ARN, which is unique, in the letters that variables may have. */
const nameOf = ({ listenerArn }: ListenerRoute): string =>
  listenerArn.slice(listenerArn.lastIndexOf('/') + 1).replaceAll(/\W/g, '_')

interface WeightedTargets {
  readonly weight: number
  readonly isSticky: boolean
  readonly isSentAsClient: boolean
  readonly targets: readonly string[]
}

/** AWS: listeners for datagrams have no rules but the default one. */
const weightedTargets = (
  loadBalancer: LoadBalancerRoute,
  { rules }: ListenerRoute,
  table: RoutingTable,
  settings: NginxSettings,
): WeightedTargets[] => {
  const rule = rules.at(-1)
  const shares = rule === undefined ? [] : sharesOf(rule)
  return shares.map(({ targetGroupArn, weight }) => {
    const group = table.targetGroups.get(targetGroupArn)
    if (group === undefined) return { weight, isSticky: false, isSentAsClient: false, targets: [] }
    return {
      weight,
      isSticky: isOn(group.attributes, 'stickiness.enabled'),
      isSentAsClient: isSentAsClient(group, settings),
      targets: targetsOf(group, loadBalancer, settings),
    }
  })
}

/** As of TCP: with too few healthy ones, all of them. */
const targetsOf = (group: TargetGroupRoute, loadBalancer: LoadBalancerRoute, settings: NginxSettings): string[] => {
  const isLocal = isLocalTarget(settings, isCrossZone(group, loadBalancer))
  const all = group.targets.filter((target) => target.address !== undefined && !target.isDraining && isLocal(target))
  const healthy = all.filter(({ key }) => settings.isServed(group.targetGroupArn, key))
  const { count, percentage } = neededHealth(group)
  const isEnough = healthy.length >= count && healthy.length * 100 >= all.length * percentage
  return (isEnough ? healthy : all).map((target) => hostAndPort(addressOf(target, group, settings), target.port))
}

/** With stickiness, a client's datagrams go to one target whatever its port. */
const upstreamLines = (upstream: string, { targets, isSticky }: WeightedTargets): string[] =>
  upstream === ''
    ? []
    : [
        `  upstream ${upstream} {`,
        `    hash ${isSticky ? '$remote_addr' : FLOW} consistent;`,
        ...targets.map((target) => `    server ${target} max_fails=0;`),
        '  }',
      ]

/** Nobody to send it to: datagrams are taken and dropped, as if nobody listened. */
const destination = (upstream = ''): string => (upstream === '' ? 'return "";' : `proxy_pass ${upstream};`)

/** Shares in hundredths of a percent, which nginx wants; the last one gets what is left, and one without targets keeps what it gets. */
const splitLines = (name: string, upstreams: readonly string[], shares: readonly WeightedTargets[]): string[] => {
  const sum = shares.reduce((total, { weight }) => total + weight, 0)
  const parts = shares.map(({ weight }) => `${(Math.floor((weight * 10_000) / sum) / 100).toFixed(2)}%`)
  return [
    `  split_clients ${FLOW} $to_${name} {`,
    ...upstreams.map((upstream, index) => `    ${index < shares.length - 1 ? parts[index] : '*'} "${upstream}";`),
    '  }',
  ]
}

/** The source is that of the share which gets the flow. */
const sourceMap = (name: string, upstreams: readonly string[], shares: readonly WeightedTargets[]): string[] => {
  const preserving = upstreams.filter((upstream, index) => upstream !== '' && shares[index]?.isSentAsClient === true)
  if (preserving.length === 0) return []
  return [
    `  map $to_${name} $from_${name} {`,
    '    default "";',
    ...preserving.map((upstream) => `    ${upstream} ${CLIENT_ADDRESS};`),
    '  }',
  ]
}

const sourceLines = (name: string, shares: readonly WeightedTargets[]): string[] =>
  shares.some((share) => share.isSentAsClient)
    ? [`    proxy_bind ${shares.length > 1 ? `$from_${name}` : CLIENT_ADDRESS} transparent;`]
    : []
