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

/** Whether a target is to get datagrams. */
export type IsServed = (targetGroupArn: string, target: string) => boolean

export interface NginxSettings {
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
}

/** AWS: a flow of datagrams ends when there were none for so long. */
const IDLE_SECONDS = 120
const CONNECTIONS = 16_384

export const renderNginx = (table: RoutingTable, settings: NginxSettings): RenderedNginx => {
  const servers = [...table.loadBalancers.values()].flatMap((loadBalancer) =>
    loadBalancer.listeners
      .filter(hasDatagrams)
      .flatMap((listener) => serverOf(loadBalancer, listener, table, settings.isServed)),
  )
  const lines = [
    ...(settings.streamModule === undefined ? [] : [`load_module ${settings.streamModule};`]),
    'worker_processes 2;',
    `pid ${settings.processIdFile};`,
    `error_log ${settings.errorLogFile} warn;`,
    // A worker from before a reload keeps its flows for that long at most.
    `worker_shutdown_timeout ${IDLE_SECONDS}s;`,
    `events { worker_connections ${CONNECTIONS}; }`,
    'stream {',
    ...servers,
    '}',
  ]
  return { text: `${lines.join('\n')}\n`, isEmpty: servers.length === 0 }
}

export const hasDatagrams = ({ protocol }: Pick<ListenerRoute, 'protocol'>): boolean =>
  protocol === 'UDP' || protocol === 'TCP_UDP'

const serverOf = (
  { addresses }: LoadBalancerRoute,
  { listenerArn, port, rules }: ListenerRoute,
  table: RoutingTable,
  isServed: IsServed,
): string[] => {
  const group = table.targetGroups.get(targetGroupOf(rules.at(-1)?.actions ?? []) ?? '')
  const upstream = `u${listenerArn.replaceAll(/[^A-Za-z0-9]/g, '_')}`
  const targets = group === undefined ? [] : targetsOf(group, isServed)
  // Nobody to send it to: datagrams are taken and dropped, as if nobody listened.
  const destination = targets.length === 0 ? 'return "";' : `proxy_pass ${upstream};`
  return [
    // AWS: all datagrams of a flow go to one target; a flow is known by its addresses and ports, with stickiness by the client's address.
    ...(targets.length === 0
      ? []
      : [
          `  upstream ${upstream} {`,
          `    hash ${isSticky(group) ? '$remote_addr' : '$remote_addr:$remote_port'} consistent;`,
          ...targets.map((target) => `    server ${target} max_fails=0;`),
          '  }',
        ]),
    '  server {',
    ...addresses.map((address) => `    listen ${hostAndPort(address, port)} udp reuseport;`),
    `    proxy_timeout ${IDLE_SECONDS}s;`,
    `    ${destination}`,
    '  }',
  ]
}

/** AWS: listeners of Network Load Balancers forward to one target group. */
const targetGroupOf = (actions: ListenerRoute['rules'][number]['actions']): string | undefined => {
  const forward = actions.find(({ Type }) => Type === 'forward')
  return forward?.TargetGroupArn ?? forward?.ForwardConfig?.TargetGroups?.[0]?.TargetGroupArn
}

/** AWS: with none healthy, all of them. */
const targetsOf = (group: TargetGroupRoute, isServed: IsServed): string[] => {
  const usable = group.targets.filter(({ address, isDraining }) => address !== undefined && !isDraining)
  const served = usable.filter(({ key }) => isServed(group.targetGroupArn, key))
  return (served.length > 0 ? served : usable).map(({ address = '', port }) => hostAndPort(address, port))
}

const isSticky = (group: TargetGroupRoute | undefined): boolean => group?.attributes['stickiness.enabled'] === 'true'

const hostAndPort = (address: string, port: number): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
