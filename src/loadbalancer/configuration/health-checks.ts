/** Health checks of a target group: lines of its backend with checks. When and how often stands on the lines of servers. */
import type { TargetGroupRoute } from '../../model/load-balancing/routing.ts'
import { quoteWord } from './quote.ts'

const AGENT = 'ELB-HealthChecker/2.0'
const CODES = /^\d+(-\d+)?(,\d+(-\d+)?)*$/

export const healthCheckLines = (group: TargetGroupRoute): string[] => {
  const { protocol, timeoutSeconds } = group.healthCheck
  const timeout = `timeout check ${timeoutSeconds}s`
  if (protocol !== 'HTTP' && protocol !== 'HTTPS') return [timeout]
  return [timeout, 'option httpchk', ...(group.protocolVersion === 'GRPC' ? grpcLines(group) : httpLines(group))]
}

const httpLines = ({ healthCheck: { path = '/', matcher }, protocolVersion }: TargetGroupRoute): string[] => [
  sendLine('GET', path, protocolVersion === 'HTTP2' ? 'HTTP/2.0' : 'HTTP/1.1', [['User-Agent', AGENT]]),
  `http-check expect status ${codes(matcher?.HttpCode, '200')}`,
]

/**
 * A call without a message: servers answer it with a status alone, which is a header then. Those that answer with a message, too, have the
 * status in a trailer, which checks do not see: it is taken for 0.
 */
const grpcLines = ({ healthCheck: { path = '/', matcher } }: TargetGroupRoute): string[] => {
  const wanted = expanded(codes(matcher?.GrpcCode, '12'))
  const expression = `^(?:${wanted.join('|')})$`
  return [
    sendLine('POST', path, 'HTTP/2.0', [
      ['User-Agent', AGENT],
      ['Content-Type', 'application/grpc'],
      ['TE', 'trailers'],
    ]),
    'http-check expect status 200',
    wanted.includes(0)
      ? `http-check expect ! hdr name grpc-status value -m reg '^(?!(?:${wanted.join('|')})$)'`
      : `http-check expect hdr name grpc-status value -m reg ${quoteWord(expression)}`,
  ]
}

/** The host is the target's: servers are named after their targets. */
const sendLine = (
  method: string,
  path: string,
  version: string,
  headers: readonly (readonly [string, string])[],
): string => {
  const all = [['Host', '%[srv_name]'], ...headers].map(([name, value]) => `hdr ${name} ${quoteWord(value ?? '')}`)
  return `http-check send meth ${method} uri ${quoteWord(path)} ver ${version} ${all.join(' ')}`
}

const codes = (matcher: string | undefined, otherwise: string): string =>
  matcher !== undefined && CODES.test(matcher) ? matcher : otherwise

const expanded = (text: string): number[] =>
  text.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number)
    return Array.from({ length: Math.max(last - first + 1, 0) }, (_, index) => first + index)
  })
