/** The frontends of listeners. */
import { createHash } from 'node:crypto'
import type { ListenerRoute, LoadBalancerRoute, RuleRoute } from '../../model/load-balancing/routing.ts'
import { connectionLogLines, lateLogLines, logLines } from './access-log.ts'
import { preservationProblem } from './client-addresses.ts'
import { drawsOf, plainForward, soleBackend, thresholdLines } from './forward.ts'
import { ruleLines } from './http-rules.ts'
import { httpIdleSeconds, tcpIdleSeconds } from './idle.ts'
import { listenerName } from './names.ts'
import { oidcStartLines } from './oidc.ts'
import { CONNECTION_LINES, firstLines, oddLines, requestHeaderLines, responseLines } from './request-lines.ts'
import { testsOf } from './rule-conditions.ts'
import type { NamedRule } from './rule-plan.ts'
import { type HttpScope, isOn } from './scope.ts'
import { hostAndPort } from './servers.ts'
import { tlsHeaderLines } from './tls-headers.ts'
import { hasTrust, tlsParameters } from './tls.ts'

/** Datagrams are served otherwise. */
export const isServedHere = ({ protocol }: Pick<ListenerRoute, 'protocol'>): boolean => SERVED.includes(protocol)
const SERVED: readonly string[] = ['HTTP', 'HTTPS', 'TCP', 'TLS', 'TCP_UDP']

export const isEncrypted = ({ protocol }: Pick<ListenerRoute, 'protocol'>): boolean =>
  protocol === 'HTTPS' || protocol === 'TLS'

const isHttp = ({ protocol }: ListenerRoute): boolean => protocol === 'HTTP' || protocol === 'HTTPS'

/** `r` and the place of the rule, unique in the configuration. */
export const namedRules = ({ listenerArn, rules }: ListenerRoute): NamedRule[] =>
  rules.map((rule) => ({ name: `${listenerName(listenerArn)}.${rule.priority}`, rule }))

/** Where connections from the shared address arrive, with the PROXY protocol. Names of sockets are short, those of listeners need not be. */
export const innerSocket = ({ host, section }: Pick<HttpScope, 'host' | 'section'>): string =>
  `abns@longshore-${createHash('sha256').update(`${host.socketPrefix}/${section}`).digest('hex').slice(0, 32)}`

/** False: it cannot be served, or nobody could reach it, and nothing was added. */
export const addListener = (scope: HttpScope, isShared: boolean): boolean => {
  const { table, host, listener, loadBalancer, section, sink } = scope
  const problem = preservationProblem(listener.rules, table, host)
  if (problem !== undefined) {
    sink.addProblem(loadBalancer.loadBalancerArn, problem)
    return false
  }
  const tls = isEncrypted(listener) ? tlsParameters(scope, protocolsOf(loadBalancer, listener)) : ''
  if (tls === undefined || !hasTrust(scope)) {
    sink.addProblem(
      loadBalancer.loadBalancerArn,
      `The ${tls === undefined ? 'certificates' : 'trust store'} of ${listener.listenerArn} are not known`,
    )
    return false
  }
  const binds = bindLines(scope, tls, isShared)
  if (binds.length === 0) return false
  const lines = isHttp(listener) ? httpLines(scope) : tcpLines(scope)
  sink.addSection(`frontend ${section} from ${isHttp(listener) ? 'http' : 'tcp'}`, [...binds, ...lines])
  return true
}

/** AWS: HTTP listeners speak HTTP/1.1 alone. */
const protocolsOf = ({ attributes }: LoadBalancerRoute, { protocol, alpnPolicy }: ListenerRoute): readonly string[] => {
  if (protocol === 'HTTPS') return isOn(attributes, 'routing.http2.enabled') ? ['h2', 'http/1.1'] : ['http/1.1']
  return ALPN_POLICIES[alpnPolicy[0] ?? 'None'] ?? []
}

const ALPN_POLICIES: Readonly<Record<string, readonly string[]>> = {
  HTTP1Only: ['http/1.1', 'http/1.0'],
  HTTP2Only: ['h2'],
  HTTP2Optional: ['http/1.1', 'http/1.0', 'h2'],
  HTTP2Preferred: ['h2', 'http/1.1', 'http/1.0'],
  None: [],
}

const bindLines = (scope: HttpScope, tls: string, isShared: boolean): string[] => {
  const { host, listener, loadBalancer, sink } = scope
  const own = loadBalancer.addresses.filter((address) => host.isBindable(address, listener.port))
  if (own.length < loadBalancer.addresses.length && !isShared)
    sink.addProblem(loadBalancer.loadBalancerArn, `Port ${listener.port} of its addresses cannot be listened on here`)
  const parameters = [tls, ...(listener.protocol === 'HTTP' ? ['proto h1'] : [])]
    .filter((text) => text !== '')
    .join(' ')
  return [
    ...own.map((address) => `bind ${hostAndPort(address, listener.port)} ${parameters}`.trimEnd()),
    ...(isShared ? [`bind ${innerSocket(scope)} accept-proxy ${parameters}`.trimEnd()] : []),
  ]
}

const httpLines = (scope: HttpScope): string[] => {
  const seconds = httpIdleSeconds(scope.loadBalancer)
  return [
    `timeout client ${seconds}s`,
    `timeout http-keep-alive ${seconds}s`,
    `timeout http-request ${seconds}s`,
    ...CONNECTION_LINES,
    ...logLines(scope),
    ...firstLines(scope),
    ...oidcStartLines(scope),
    ...inOrder(ruleLines(namedRules(scope.listener), scope), [
      ...requestHeaderLines(scope),
      ...tlsHeaderLines(scope),
      ...lateLogLines(scope),
      ...oddLines(scope),
      ...lateLogLines(scope),
    ]),
    ...responseLines(scope),
  ]
}

/** Headers are changed when it is clear which rule takes the request, and before the backend is chosen, as HAProxy wants it. */
const inOrder = (rules: readonly string[], headers: readonly string[]): string[] => {
  const isChoice = (line: string): boolean => /^(use_backend|default_backend) /.test(line)
  return [...rules.filter((line) => !isChoice(line)), ...headers, ...rules.filter(isChoice)]
}

/** A network load balancer's listener: its rules may tell IPv4 from IPv6, and weigh. */
const tcpLines = (scope: HttpScope): string[] => {
  const { listener } = scope
  const [only, ...others] = listener.rules
  const sole = only === undefined || others.length > 0 ? undefined : soleBackend(only, scope)
  return [
    `timeout client ${tcpIdleSeconds(listener)}s`,
    ...connectionLogLines(scope),
    ...(sole === undefined
      ? [
          ...listener.rules.flatMap((rule) => tcpDraws(rule, scope)),
          ...thresholdLines(namedRules(listener), scope, 'tcp-request content'),
          'use_backend %[var(txn.backend)] if { var(txn.backend),nbsrv gt 0 }',
          'use_backend %[var(txn.backend),concat(:open)]',
        ]
      : plainForward(sole, scope, 'tcp-request content')),
  ]
}

const tcpDraws = (rule: RuleRoute, scope: HttpScope): string[] =>
  drawsOf(rule, scope).flatMap(({ backend, test }) =>
    testsOf(rule.conditions).map((tests) =>
      [`tcp-request content set-var(txn.backend) str(${backend}) if !{ var(txn.backend) -m found }`, tests, test]
        .filter((part) => part !== '')
        .join(' '),
    ),
  )
