/**
 * A request in the format of an Application Load Balancer's access log.
 *
 * AWS: "Access log entries" in the user guide of Application Load Balancers.
 */
import { dateOf } from '../../kit/timestamps.ts'
import type { ListenerRoute, LoadBalancerRoute, RoutingTable } from '../../model/load-balancing/routing.ts'
import type { AccessFields } from '../configuration/access-log.ts'
import { AUTHENTICATOR } from '../configuration/oidc.ts'
import type { RenderedConfiguration } from '../configuration/settings.ts'

export interface LoggedRequest {
  readonly fields: AccessFields
  readonly loadBalancer: LoadBalancerRoute
  readonly listener: ListenerRoute
  readonly rule: { readonly priority: number | 'default'; readonly actions: readonly string[] } | undefined
  readonly targetGroupArn: string | undefined
  readonly certificateArn: string | undefined
}

export interface LoggingListener {
  readonly loadBalancer: LoadBalancerRoute
  readonly listener: ListenerRoute
}

/** What a line is about. */
export const requestOfLog = (
  fields: AccessFields,
  found: LoggingListener,
  table: RoutingTable,
  rendered: RenderedConfiguration,
): LoggedRequest => ({
  ...found,
  fields,
  rule: rendered.rules.get(fields.rule),
  targetGroupArn: rendered.backends.get(fields.backend)?.targetGroupArn,
  certificateArn:
    found.listener.protocol === 'HTTPS' ? chosenCertificate(found.listener, fields.serverName, table) : undefined,
})

export const albLine = ({
  fields,
  loadBalancer,
  listener,
  rule,
  targetGroupArn,
  certificateArn,
}: LoggedRequest): string => {
  const began = Number(fields.beganSeconds) * 1000 + Number(fields.beganMilliseconds)
  const times = timesOf(fields)
  const isSent = times.target >= 0
  const hasTarget =
    fields.backend !== AUTHENTICATOR &&
    fields.targetPort !== '' &&
    fields.targetPort !== '0' &&
    Number(fields.connectMilliseconds) >= 0
  const target = hasTarget ? `${fields.targetAddress}:${fields.targetPort}` : '-'
  const targetStatus = isSent ? fields.status : '-'
  return [
    typeOf(fields, listener),
    timestamp(began + Math.max(0, Number(fields.totalMilliseconds))),
    resourceOf(loadBalancer.loadBalancerArn, 'loadbalancer'),
    `${fields.clientAddress}:${fields.clientPort}`,
    target,
    seconds(times.request),
    seconds(times.target),
    seconds(times.response),
    orDash(fields.status),
    targetStatus,
    fields.receivedBytes,
    fields.sentBytes,
    quoted(requestOf(fields, listener)),
    quoted(orDash(fields.userAgent)),
    orDash(fields.cipher),
    orDash(fields.tlsVersion),
    targetGroupArn ?? '-',
    quoted(orDash(fields.traceId)),
    quoted(orDash(fields.serverName)),
    quoted(certificateArn ?? '-'),
    // AWS: the default rule is 0; -1 is a request that no rule was tried on.
    rule === undefined ? '-1' : rule.priority === 'default' ? '0' : String(rule.priority),
    timestamp(began),
    quoted(rule === undefined ? '-' : rule.actions.map(actionName).join(',')),
    quoted(rule?.actions.includes('redirect') ? orDash(fields.location) : '-'),
    quoted(orDash(fields.reason)),
    quoted(target),
    quoted(targetStatus),
    quoted('-'),
    quoted('-'),
    '-',
    quoted('-'),
    quoted('-'),
    quoted('-'),
  ].join(' ')
}

/** AWS: what an ARN ends with, without the kind. */
export const resourceOf = (arn: string, kind: string): string => arn.slice(arn.indexOf(`:${kind}/`) + kind.length + 2)

const typeOf = ({ version, status }: AccessFields, { protocol }: ListenerRoute): string => {
  const isEncrypted = protocol === 'HTTPS'
  if (status === '101') return isEncrypted ? 'wss' : 'ws'
  if (isEncrypted && version.startsWith('HTTP/2')) return 'h2'
  return isEncrypted ? 'https' : 'http'
}

/** Milliseconds; -1: it did not come to that. */
const timesOf = (
  fields: AccessFields,
): { readonly request: number; readonly target: number; readonly response: number } => {
  const [queue, connect, target, request, total] = [
    fields.queueMilliseconds,
    fields.connectMilliseconds,
    fields.responseMilliseconds,
    fields.requestMilliseconds,
    fields.totalMilliseconds,
  ].map(Number) as [number, number, number, number, number]
  // What logs users in is no target.
  if (connect < 0 || fields.backend === AUTHENTICATOR) return { request: -1, target: -1, response: -1 }
  const sent = Math.max(0, queue) + connect
  if (target < 0) return { request: sent, target: -1, response: -1 }
  return { request: sent, target, response: Math.max(0, total - Math.max(0, request) - sent - target) }
}

const seconds = (milliseconds: number): string => (milliseconds < 0 ? '-1' : (milliseconds / 1000).toFixed(3))

const timestamp = (milliseconds: number): string => dateOf(milliseconds).toISOString().replace('Z', '000Z')

/** AWS: the whole URL, with the port; `- http://host:port- -` of what is no request. */
const requestOf = ({ method, url, version, host }: AccessFields, { protocol, port }: ListenerRoute): string => {
  if (method === '' || method.startsWith('<')) return '- - -'
  const scheme = protocol.toLowerCase()
  const name = host.replace(/:\d+$/, '')
  return `${method} ${/^https?:\/\//.test(url) ? url : `${scheme}://${name}:${port}${url}`} ${version}`
}

const ACTIONS: Readonly<Record<string, string>> = {
  'authenticate-oidc': 'authenticate',
  'jwt-validation': 'jwt-validation',
}
const actionName = (type: string): string => ACTIONS[type] ?? type

export const orDash = (text: string): string => (text === '' ? '-' : text)

/** As AWS has it: quotes and backslashes are escaped, what cannot be printed is `\xHH`. */
const quoted = (text: string): string =>
  `"${text.replace(/["\\]|[^ -~]/g, (character) =>
    character === '"' || character === '\\'
      ? `\\${character}`
      : `\\x${character.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()}`,
  )}"`

/** The one whose names have the client's; the first is the default. */
export const chosenCertificate = (
  { certificateArns }: ListenerRoute,
  serverName: string,
  table: RoutingTable,
): string | undefined => {
  const names = [serverName, serverName.replace(/^[^.]+/, '*')]
  const named = certificateArns.find((arn) =>
    table.certificates.get(arn)?.domainNames.some((name) => names.includes(name)),
  )
  return named ?? certificateArns[0]
}
