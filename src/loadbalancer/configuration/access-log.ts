/**
 * What HAProxy writes of a request for access logs: fields in quotes, with spaces between, in this order. Quotes and backslashes in them have a
 * backslash before them, characters that cannot be printed are `#` and two hexadecimal digits. What is unknown is empty or `-`.
 */
import { quoteWord } from './quote.ts'
import type { HttpScope } from './scope.ts'

/** By name: a format of HAProxy. */
const FIELDS = {
  /** The frontend, see `listenerName`. */
  section: '%f',
  /** A key of `RenderedConfiguration.rules`. */
  rule: '%[var(txn.rule)]',
  backend: '%b',
  server: '%s',
  clientAddress: '%ci',
  clientPort: '%cp',
  targetAddress: '%si',
  targetPort: '%sp',
  /** Seconds since 1970, and milliseconds, when the request began. */
  beganSeconds: '%Ts',
  beganMilliseconds: '%ms',
  /** Milliseconds, -1 if it did not come to that: receiving the request, waiting, connecting, waiting for the answer, all of it. */
  requestMilliseconds: '%TR',
  queueMilliseconds: '%Tw',
  connectMilliseconds: '%Tc',
  responseMilliseconds: '%Tr',
  totalMilliseconds: '%Ta',
  status: '%ST',
  receivedBytes: '%U',
  sentBytes: '%B',
  /** HAProxy Configuration Manual, 8.5 "Session state at disconnection". */
  termination: '%ts',
  method: '%HM',
  /** As the client sent it, with the query string. */
  url: '%[var(txn.log_url)]',
  version: '%HV',
  host: '%[var(txn.log_host)]',
  userAgent: '%[var(txn.log_agent)]',
  traceId: '%[var(txn.log_trace)]',
  location: '%[var(txn.log_location)]',
  cipher: '%sslc',
  tlsVersion: '%sslv',
  /** Of the client, with TLS. */
  serverName: '%[ssl_fc_sni]',
  retries: '%rc',
} as const

export type AccessLogField = keyof typeof FIELDS

export const ACCESS_LOG_FIELDS = Object.keys(FIELDS) as readonly AccessLogField[]

const LOG_FORMAT = Object.values(FIELDS)
  .map((format) => `%{+Q,+E}${format.slice(1)}`)
  .join(' ')

export const logLines = ({ isLogged, host: { logTarget } }: HttpScope): string[] =>
  isLogged && logTarget !== undefined
    ? [
        `log ${logTarget} len 65535 format raw local0 info`,
        `log-format ${quoteWord(LOG_FORMAT)}`,
        'http-request set-var(txn.log_url) url',
        'http-request set-var(txn.log_host) req.hdr(host)',
        'http-request set-var(txn.log_agent) req.fhdr(user-agent)',
        'http-after-response set-var(txn.log_location) res.hdr(location)',
      ]
    : []

/** After the trace identifier is there. */
export const lateLogLines = ({ isLogged, host: { logTarget } }: HttpScope): string[] =>
  isLogged && logTarget !== undefined ? ['http-request set-var(txn.log_trace) req.fhdr(x-amzn-trace-id)'] : []

/** HAProxy quotes texts alone; numbers stand as they are. */
const FIELD = /"((?:[^"\\]|\\.)*)"|(\S+)/g

/** The fields of such a line. */
export const readAccessLog = (line: string): Readonly<Record<AccessLogField, string>> => {
  const values = Array.from(line.matchAll(FIELD), ([, text, number = '']) => (text ?? number).replace(/\\(.)/g, '$1'))
  return Object.fromEntries(ACCESS_LOG_FIELDS.map((field, index) => [field, values[index] ?? ''])) as Record<
    AccessLogField,
    string
  >
}
