/**
 * A connection in the format of a Network Load Balancer's access log, which knows those of TLS listeners alone.
 *
 * AWS: "Access log entries" in the user guide of Network Load Balancers. Fields that AWS keeps for later are `-` there, too.
 */
import { dateOf } from '../../kit/timestamps.ts'
import type { RoutingTable } from '../../model/load-balancing/routing.ts'
import type { ConnectionFields } from '../configuration/access-log.ts'
import { chosenCertificate, type LoggingListener, orDash, resourceOf } from './alb-line.ts'

const VERSION = '2.0'

/** Undefined if the line was cut off. */
export const nlbLine = (
  fields: ConnectionFields,
  { loadBalancer, listener }: LoggingListener,
  table: RoutingTable,
): string | undefined => {
  if (!/^-?\d+$/.test(fields.sentBytes)) return undefined
  const [began, handshake, total] = [
    Number(fields.beganSeconds) * 1000 + Number(fields.beganMilliseconds),
    Number(fields.handshakeMilliseconds),
    Math.max(0, Number(fields.totalMilliseconds)),
  ]
  const isEncrypted = fields.tlsVersion !== '' && fields.tlsVersion !== '-'
  const ended = began + Math.max(0, handshake) + total
  return [
    'tls',
    VERSION,
    timestamp(ended),
    resourceOf(loadBalancer.loadBalancerArn, 'loadbalancer'),
    listener.listenerArn.slice(listener.listenerArn.lastIndexOf('/') + 1),
    `${fields.clientAddress}:${fields.clientPort}`,
    `${fields.listenerAddress}:${fields.listenerPort}`,
    ended - began,
    isEncrypted && handshake >= 0 ? handshake : '-',
    fields.receivedBytes,
    fields.sentBytes,
    '-',
    chosenCertificate(listener, fields.serverName, table) ?? '-',
    '-',
    orDash(fields.cipher),
    isEncrypted ? fields.tlsVersion.toLowerCase().replace(/^tlsv(\d)\.(\d)$/, 'tlsv$1$2') : '-',
    '-',
    orDash(fields.serverName),
    orDash(fields.protocol),
    '-',
    '-',
    timestamp(began),
  ].join(' ')
}

/** Without milliseconds. */
const timestamp = (milliseconds: number): string => dateOf(milliseconds).toISOString().slice(0, 19)
