/** The two backends of each target group: one whose servers are checked, and one with all of them, for when too few are healthy. */
import { createHmac } from 'node:crypto'
import type { LoadBalancerRoute, RoutingTable, TargetGroupRoute } from '../../model/load-balancing/routing.ts'
import { sourceLines } from './client-addresses.ts'
import { cookieLine, lasting } from './cookies.ts'
import { sharesOf } from './forward.ts'
import { HTTP_TARGETS } from './global.ts'
import { healthCheckLines } from './health-checks.ts'
import { httpIdleSeconds, tcpIdleSeconds } from './idle.ts'
import { backendName, openBackendName } from './names.ts'
import { call, quoteWord } from './quote.ts'
import { isOn } from './scope.ts'
import { isLocalTarget, renderServers, type ServerHost } from './servers.ts'
import type { HostSettings, RenderedBackend } from './settings.ts'
import { isCrossZone, isHttpGroup } from './target-groups.ts'

export interface BackendSection {
  readonly backend: RenderedBackend
  /** Without servers. */
  readonly lines: readonly string[]
  readonly title: string
}

export const backendSections = (table: RoutingTable, host: HostSettings): BackendSection[] => {
  const uses = usesOf(table)
  return Array.from(table.targetGroups.values()).flatMap((group) =>
    // Datagrams go through another program; HAProxy finds out which targets are healthy.
    (group.protocol === 'UDP' ? [true] : [true, false]).map((isChecked) =>
      sectionOf(group, uses.get(group.targetGroupArn), host, isChecked),
    ),
  )
}

/** Who forwards to a target group. */
interface Use {
  /** AWS: a target group is of one load balancer; the first counts. */
  readonly owner: LoadBalancerRoute
  /** Of the listener whose connections may be idle for longest. */
  readonly idleSeconds: number
}

const usesOf = (table: RoutingTable): ReadonlyMap<string, Use> => {
  const uses = new Map<string, Use>()
  for (const loadBalancer of table.loadBalancers.values())
    for (const listener of loadBalancer.listeners)
      for (const { targetGroupArn } of listener.rules.flatMap(sharesOf)) {
        const { owner = loadBalancer, idleSeconds = 0 } = uses.get(targetGroupArn) ?? {}
        uses.set(targetGroupArn, { owner, idleSeconds: Math.max(idleSeconds, tcpIdleSeconds(listener)) })
      }
  return uses
}

/** HAProxy keeps a whole buffer of what it may send again. With one target there is nobody else to send it to. */
const NO_OTHER_TRY = 'http-request disable-l7-retry if { nbsrv lt 2 } or !{ method GET HEAD OPTIONS PUT DELETE TRACE }'

const sectionOf = (
  group: TargetGroupRoute,
  use: Use | undefined,
  host: HostSettings,
  isChecked: boolean,
): BackendSection => {
  const name = isChecked ? backendName(group.targetGroupArn) : openBackendName(group.targetGroupArn)
  const crossesZones = isCrossZone(group, use?.owner)
  const hasServerCookies = isHttpGroup(group) && isOn(group.attributes, 'stickiness.enabled')
  return {
    title: `backend ${name} from ${isHttpGroup(group) ? HTTP_TARGETS : 'tcp'}`,
    lines: [
      ...balanceLines(group),
      ...sourceLines(group, host),
      ...timeoutLines(group, use),
      ...(isHttpGroup(group) ? [NO_OTHER_TRY] : []),
      ...(hasServerCookies ? stickinessLines(group, host) : []),
      ...(isChecked && group.healthCheck.isEnabled ? [...healthCheckLines(group), ...healthLogLines(host)] : []),
    ],
    backend: {
      name,
      targetGroupArn: group.targetGroupArn,
      isChecked,
      hasServerCookies,
      isCrossZone: crossesZones,
      endsUnhealthy:
        !isHttpGroup(group) && isOn(group.attributes, 'target_health_state.unhealthy.connection_termination.enabled'),
      servers: renderServers(group, isChecked, isLocalTarget(host, crossesZones), host),
    },
  }
}

/** Backends again, of groups of which nothing but the targets is new. */
export const backendsWithTargets = (
  backends: Iterable<RenderedBackend>,
  groups: readonly TargetGroupRoute[],
  host: ServerHost,
): RenderedBackend[] => {
  const changed = new Map(groups.map((group) => [group.targetGroupArn, group]))
  return Array.from(backends).flatMap((backend) => {
    const group = changed.get(backend.targetGroupArn)
    if (group === undefined) return []
    const { isChecked, isCrossZone: crossesZones } = backend
    return [{ ...backend, servers: renderServers(group, isChecked, isLocalTarget(host, crossesZones), host) }]
  })
}

/** Results of checks that are news are told as lines of the log. */
const healthLogLines = ({ logTarget }: HostSettings): string[] =>
  logTarget === undefined ? [] : [`log ${logTarget} format raw daemon`, 'option log-health-checks']

/** Of two targets drawn at random, the one with less to do: those that are slow or hang get less. */
const ALGORITHMS: Readonly<Record<string, string>> = {
  round_robin: 'roundrobin',
  least_outstanding_requests: 'leastconn',
  weighted_random: 'random(1)',
}

const balanceLines = (group: TargetGroupRoute): string[] => {
  const { attributes } = group
  // A client keeps its target as long as that is there, without anything to remember.
  if (!isHttpGroup(group))
    return isOn(attributes, 'stickiness.enabled') ? ['balance source', 'hash-type consistent'] : ['balance roundrobin']
  if (attributes['load_balancing.algorithm.anomaly_mitigation'] === 'on') return ['balance random(2)']
  return [`balance ${ALGORITHMS[attributes['load_balancing.algorithm.type'] ?? ''] ?? 'roundrobin'}`]
}

/** Connections that are not looked into end when either side's timeout does: that of the listener they came by decides. */
const timeoutLines = (group: TargetGroupRoute, use: Use | undefined): string[] => {
  if (!isHttpGroup(group)) return use === undefined ? [] : [`timeout server ${use.idleSeconds}s`]
  const seconds = httpIdleSeconds(use?.owner)
  return [`timeout server ${seconds}s`, `timeout tunnel ${seconds}s`]
}

const OWN_COOKIE = 'AWSALB'
const OWN_COOKIE_ACROSS_SITES = 'AWSALBCORS'
const APPLICATION_COOKIE = 'AWSALBAPP-0'

const stickinessLines = (group: TargetGroupRoute, host: HostSettings): string[] => {
  const { attributes } = group
  const isOfApplication = attributes['stickiness.type'] === 'app_cookie'
  const seconds = Number(attributes[`stickiness.${isOfApplication ? 'app' : 'lb'}_cookie.duration_seconds`] ?? 86_400)
  const cookie = isOfApplication ? APPLICATION_COOKIE : OWN_COOKIE
  const key = createHmac('sha256', host.cookieKey).update(group.targetGroupArn).digest('hex')
  return [
    `cookie ${cookie} insert nocache maxidle ${seconds}s dynamic`,
    `dynamic-cookie-key ${key}`,
    ...(isOfApplication ? applicationCookieLines(attributes, seconds) : ownCookieLines(seconds)),
  ]
}

const lastingLine = (cookie: string, seconds: number): string =>
  `http-after-response replace-header Set-Cookie '^(${cookie}=[^;]*);.*$' ${quoteWord(`\\1${lasting(seconds)}`)}`

/** Pages of other sites get the same cookie under another name, with the attributes that browsers want there. */
const ownCookieLines = (seconds: number): string[] => [
  `http-request add-header Cookie ${OWN_COOKIE}=%[req.cook(${OWN_COOKIE_ACROSS_SITES})] if !{ req.cook(${OWN_COOKIE}) -m found } { req.cook(${OWN_COOKIE_ACROSS_SITES}) -m found }`,
  lastingLine(OWN_COOKIE, seconds),
  ...['', '; Secure'].map((secure) =>
    cookieLine(
      OWN_COOKIE_ACROSS_SITES,
      `%[res.cook(${OWN_COOKIE})]`,
      seconds,
      `; SameSite=None${secure}`,
      `{ res.cook(${OWN_COOKIE}) -m found } ${secure === '' ? '!' : ''}{ ssl_fc }`,
    ),
  ),
]

/** AWS: the balancer's cookie is worth something together with the application's alone. */
const applicationCookieLines = (attributes: Readonly<Record<string, string>>, seconds: number): string[] => {
  const name = attributes['stickiness.app_cookie.cookie_name'] ?? ''
  const [asked, answered] = [quoteWord(call('req.cook', name)), quoteWord(call('res.cook', name))]
  // What is matched is all that stays: the client's other cookies have to be part of it.
  const mine = new RegExp(`^((?:.*; *)?)${APPLICATION_COOKIE}=[^;]*(.*)$`).source
  return [
    `http-request set-var(txn.has_cookie) bool(true) if { ${asked} -m found }`,
    `http-request replace-header Cookie '${mine}' '\\1${APPLICATION_COOKIE}=\\2' if !{ ${asked} -m found }`,
    `http-after-response set-var(txn.has_cookie) bool(true) if { ${answered} -m found }`,
    lastingLine(APPLICATION_COOKIE, seconds),
    `http-after-response replace-header Set-Cookie '^${APPLICATION_COOKIE}=.*$' '${APPLICATION_COOKIE}=_remove_; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/' if !{ var(txn.has_cookie) -m bool }`,
  ]
}
