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
  /** Why a user could not be logged in. */
  reason: '%[var(txn.log_reason)]',
} as const

/** Of a TLS connection of a Network Load Balancer, which is not looked into. */
const CONNECTION_FIELDS = {
  section: '%f',
  /** Of the connection: what targets see may be another. */
  clientAddress: '%[fc_src]',
  clientPort: '%cp',
  /** Where the client connected to. */
  listenerAddress: '%fi',
  listenerPort: '%fp',
  beganSeconds: '%Ts',
  beganMilliseconds: '%ms',
  /** Of the TLS handshake, and of the connection after it. */
  handshakeMilliseconds: '%Th',
  totalMilliseconds: '%Tt',
  receivedBytes: '%U',
  sentBytes: '%B',
  cipher: '%sslc',
  tlsVersion: '%sslv',
  serverName: '%[ssl_fc_sni]',
  protocol: '%[ssl_fc_alpn]',
} as const

type Fields<Names extends string> = Readonly<Record<Names, string>>
export type AccessFields = Fields<keyof typeof FIELDS>
export type ConnectionFields = Fields<keyof typeof CONNECTION_FIELDS>

const formatOf = (fields: Readonly<Record<string, string>>): string =>
  Object.values(fields)
    .map((format) => `%{+Q,+E}${format.slice(1)}`)
    .join(' ')

const targetLines = (logTarget: string, fields: Readonly<Record<string, string>>): string[] => [
  `log ${logTarget} len 65535 format raw local0 info`,
  `log-format ${quoteWord(formatOf(fields))}`,
]

/** AWS: Network Load Balancers log the connections of TLS listeners alone. */
export const connectionLogLines = ({ isLogged, listener, host: { logTarget } }: HttpScope): string[] =>
  isLogged && logTarget !== undefined && listener.protocol === 'TLS' ? targetLines(logTarget, CONNECTION_FIELDS) : []

export const logLines = ({ isLogged, host: { logTarget } }: HttpScope): string[] =>
  isLogged && logTarget !== undefined
    ? [
        ...targetLines(logTarget, FIELDS),
        'http-request set-var(txn.log_url) url',
        'http-request set-var(txn.log_host) req.hdr(host)',
        'http-request set-var(txn.log_agent) req.fhdr(user-agent)',
        'http-after-response set-var(txn.log_location) res.hdr(location)',
      ]
    : []

/** After the trace identifier is there, or another. */
export const lateLogLines = ({ isLogged, host: { logTarget } }: HttpScope): string[] =>
  isLogged && logTarget !== undefined ? ['http-request set-var(txn.log_trace) req.fhdr(x-amzn-trace-id)'] : []

/** HAProxy quotes texts alone; numbers stand as they are. */
const FIELD = /"((?:[^"\\]|\\.)*)"|(\S+)/g

const read = <Names extends string>(line: string, fields: Fields<Names>): Fields<Names> => {
  const values = Array.from(line.matchAll(FIELD), ([, text, number = '']) => (text ?? number).replace(/\\(.)/g, '$1'))
  return Object.fromEntries(Object.keys(fields).map((field, index) => [field, values[index] ?? ''])) as Fields<Names>
}

/** The frontend that wrote a line of either kind. */
export const sectionOfLog = (line: string): string => /^"([^"\\]*)"/.exec(line)?.[1] ?? ''

/** The fields of a line of a request. */
export const readAccessLog = (line: string): AccessFields => read(line, FIELDS)

/** The fields of a line of a connection. */
export const readConnectionLog = (line: string): ConnectionFields => read(line, CONNECTION_FIELDS)
