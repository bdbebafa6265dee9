/**
 * Load balancers on one shared address, for machines that cannot have their own addresses: a port leads to the listener whose name was asked for,
 * by Host or by the server name of TLS, over a socket of its own that tells who the client is. Without a name that is known, the port's first
 * listener answers; so a single load balancer is reached by any name, and one for TCP, which has no names, if it is alone there.
 */
import type { CertificateMaterial, ListenerRoute, LoadBalancerRoute } from '../../model/load-balancing/routing.ts'
import { literalOf } from '../../model/load-balancing/patterns.ts'
import { httpIdleSeconds, LONGEST_IDLE_SECONDS } from './idle.ts'
import { innerSocket, isEncrypted } from './listeners.ts'
import { isListable, mapFile } from './listing.ts'
import { call, quoteWord } from './quote.ts'
import { HOST } from './rule-conditions.ts'
import { hostAndPort } from './servers.ts'
import type { HostSettings } from './settings.ts'
import type { Sink } from './sink.ts'

export interface SharedListener {
  readonly section: string
  readonly listener: ListenerRoute
  readonly loadBalancer: LoadBalancerRoute
  readonly certificates: readonly CertificateMaterial[]
}

export const addSharedPort = (
  address: string,
  port: number,
  all: readonly SharedListener[],
  host: HostSettings,
  sink: Sink,
) => {
  const plain = all.filter(({ listener }) => listener.protocol === 'HTTP')
  const named = all.filter(({ listener }) => isEncrypted(listener))
  const nameless = all.filter(({ listener }) => NAMELESS.includes(listener.protocol))
  for (const { loadBalancer } of nameless.slice(plain.length + named.length > 0 ? 0 : 1))
    sink.addProblem(
      loadBalancer.loadBalancerArn,
      `Port ${port} of ${address} is another load balancer's, and TCP has no names`,
    )
  const bind = `bind ${hostAndPort(address, port)}`
  const section = `shared.${port}`
  if (plain.length > 0 && named.length === 0) addHttp(section, bind, plain, host, sink)
  else if (named.length > 0) addTcp(section, bind, named, plain, host, sink)
  else addTcp(section, bind, nameless.slice(0, 1), [], host, sink)
}

const NAMELESS: readonly string[] = ['TCP', 'TCP_UDP']
const LONGEST_IDLE = ['client', 'server', 'tunnel'].map((side) => `timeout ${side} ${LONGEST_IDLE_SECONDS}s`)

const addHttp = (
  section: string,
  bind: string,
  listeners: readonly SharedListener[],
  host: HostSettings,
  sink: Sink,
) => {
  addInner(listeners, 'http', host, sink)
  // What ends behind the socket leaves the client's connection open: it ends after what its load balancer would have given it, and no sooner.
  const idleSeconds = Math.max(...listeners.map(({ loadBalancer }) => httpIdleSeconds(loadBalancer)))
  sink.addSection(`frontend ${section} from http`, [
    `${bind} proto h1`,
    `timeout client ${idleSeconds + 1}s`,
    ...choice(section, HOST, listeners, sink),
  ])
}

/** TLS goes on as it is; where there is HTTP besides, that is looked into behind another socket. */
const addTcp = (
  section: string,
  bind: string,
  listeners: readonly SharedListener[],
  plain: readonly SharedListener[],
  host: HostSettings,
  sink: Sink,
) => {
  addInner(listeners, 'tcp', host, sink)
  const isNamed = listeners.some(({ listener }) => isEncrypted(listener))
  const http = `${section}.http`
  const socket = innerSocket({ host, section: http })
  if (plain.length > 0) {
    addHttp(http, `bind ${socket} accept-proxy`, plain, host, sink)
    sink.addSection(`backend to.${http} from tcp`, [...LONGEST_IDLE.slice(1), `server inner ${socket} send-proxy-v2`])
  }
  sink.addSection(`frontend ${section} from tcp`, [
    bind,
    ...LONGEST_IDLE.slice(0, 1),
    ...(isNamed ? ['tcp-request inspect-delay 10s', 'tcp-request content accept if { req.ssl_hello_type 1 }'] : []),
    ...(plain.length > 0
      ? [
          'tcp-request content accept if { req.len gt 0 } !{ req.ssl_hello_type 1 } HTTP',
          `use_backend to.${http} if !{ req.ssl_hello_type 1 }`,
        ]
      : []),
    ...choice(section, 'req.ssl_sni,lower', listeners, sink),
  ])
}

const inner = (section: string): string => `to.${section}`

const addInner = (listeners: readonly SharedListener[], mode: 'http' | 'tcp', host: HostSettings, sink: Sink) => {
  for (const { section } of listeners)
    sink.addSection(`backend ${inner(section)} from ${mode}`, [
      ...LONGEST_IDLE.slice(1),
      `server inner ${innerSocket({ host, section })} send-proxy-v2`,
    ])
}

const choice = (section: string, fetch: string, listeners: readonly SharedListener[], sink: Sink): string[] => {
  const [first, ...others] = listeners
  if (first === undefined) return []
  if (others.length === 0) return [`default_backend ${inner(first.section)}`]
  const names = new Map<string, string>()
  for (const namesOf of [({ loadBalancer }: SharedListener) => [loadBalancer.dnsName], furtherNames])
    for (const listener of listeners)
      for (const name of namesOf(listener).map((text) => text.toLowerCase()))
        if (isListable(name) && !names.has(name)) names.set(name, inner(listener.section))
  const file = sink.addFile(`maps/${section}.names`, mapFile([...names]))
  const found = quoteWord(`${fetch},${call('map_str', file)}`)
  return [
    `use_backend %[${fetch},${call('map_str', file)}] if { ${found} -m found }`,
    `default_backend ${inner(first.section)}`,
  ]
}

/** Of its certificates, and those that its rules ask for. */
const furtherNames = ({ listener, certificates }: SharedListener): readonly string[] => [
  ...certificates.flatMap(({ domainNames }) => domainNames),
  ...listener.rules.flatMap(({ conditions }) =>
    conditions.flatMap(({ HostHeaderConfig: hosts }) =>
      (hosts?.Values ?? []).filter((host) => literalOf(host) !== undefined),
    ),
  ),
]
