/**
 * What an Application Load Balancer does to every request and answer: what it refuses, and the headers that it adds.
 */
import { desyncLines, END_UNLESS_ODD, oddityLines } from './desync.ts'
import { refusal } from './pages.ts'
import { formatText, quoteWord } from './quote.ts'
import { IS_IPV6 } from './rule-conditions.ts'
import { type HttpScope, isOn } from './scope.ts'

const MOST_FORWARDED = 30
const TRACE = 'X-Amzn-Trace-Id'
const EIGHT_DIGITS = 'hex,bytes(8,8),lower'
const RANDOM = `%[rand,${EIGHT_DIGITS}]`
/** Seconds since 1970, 64 random bits of the connection, and 32 of the request. */
const NEW_TRACE = `1-%[date,${EIGHT_DIGITS}]-%[var(sess.trace)]${RANDOM}`

/** Of what requests over one connection have in common. */
export const CONNECTION_LINES = [
  'tcp-request connection set-var(sess.since) date',
  `tcp-request connection set-var-fmt(sess.trace) ${quoteWord(`${RANDOM}${RANDOM}`)}`,
]

/** Before rules are tried. */
export const firstLines = (scope: HttpScope): string[] => [
  ...oddityLines(scope),
  ...(isOn(scope.loadBalancer.attributes, 'routing.http.drop_invalid_header_fields.enabled')
    ? ["http-request del-header '[^-A-Za-z0-9]' -m reg"]
    : []),
]

/** After rules are tried, which see the request as it came. */
export const requestHeaderLines = (scope: HttpScope): string[] => [
  ...forwarding(scope).usual,
  ...listenerLines(scope, 'add-header'),
  ...hostLines(scope),
  `http-request add-header ${TRACE} Root=${NEW_TRACE}`,
]

/** At the end: what most requests do not get to. */
export const oddLines = (scope: HttpScope): string[] => {
  const { odd, added } = forwarding(scope)
  return [
    END_UNLESS_ODD,
    ...desyncLines(scope),
    // AWS: 463, more than 30 addresses.
    `${refusal(463, scope.sink)} if { req.hdr_cnt(x-forwarded-for) gt ${MOST_FORWARDED + added} }`,
    ...odd,
    ...listenerLines(scope, 'set-header'),
    ...JOINED_TRACE_LINES,
  ]
}

/** To add what is not there yet is quicker. */
const listenerLines = ({ listener: { protocol, port } }: HttpScope, action: 'add-header' | 'set-header'): string[] => [
  `http-request ${action} X-Forwarded-Proto ${protocol === 'HTTPS' ? 'https' : 'http'}`,
  `http-request ${action} X-Forwarded-Port ${port}`,
]

const FORWARDED = 'X-Forwarded-For'

interface Forwarding {
  readonly usual: readonly string[]
  /** To the one header there is, or as another. */
  readonly odd: readonly string[]
  /** Addresses that `usual` adds to those of the client before `odd`. */
  readonly added: 0 | 1
}

const forwarding = ({ loadBalancer: { attributes } }: HttpScope): Forwarding => {
  const count = 'req.fhdr_cnt(x-forwarded-for)'
  const [last, before] = [-1, -2].map((place) => `%[req.fhdr(x-forwarded-for,${place})]`)
  const mode = attributes['routing.http.xff_header_processing.mode']
  if (mode === 'preserve') return { usual: [], odd: [], added: 0 }
  if (mode === 'remove') return { usual: [], odd: [`http-request del-header ${FORWARDED}`], added: 0 }
  if (isOn(attributes, 'routing.http.xff_client_port.enabled'))
    return {
      usual: [
        `http-request add-header ${FORWARDED} %[src]:%[src_port] if !${IS_IPV6}`,
        `http-request add-header ${FORWARDED} [%[src]]:%[src_port] if ${IS_IPV6}`,
      ],
      odd: [`http-request set-header ${FORWARDED} ${quoteWord(`${before}, ${last}`)} if { ${count} 2 }`],
      added: 1,
    }
  return {
    // Much quicker than a rule. It is done after all of them.
    usual: ['option forwardfor if-none'],
    odd: [
      `http-request add-header ${FORWARDED} %[src] if { ${count} gt 1 }`,
      `http-request set-header ${FORWARDED} ${quoteWord(`${last}, %[src]`)} if { ${count} 1 }`,
    ],
    added: 0,
  }
}

/** AWS: a port that is not the protocol's own is added to the host, unless it is preserved. */
const hostLines = ({ listener, loadBalancer: { attributes } }: HttpScope): string[] =>
  isOn(attributes, 'routing.http.preserve_host_header.enabled') || [80, 443].includes(listener.port)
    ? []
    : [`http-request replace-header Host '^([^:]+|\\[.*\\])$' '\\1:${listener.port}'`]

/** AWS: an own identifier joins that of the client, which stands before it, as `Self`; a client's own `Self` gives way. */
const TRACED = '{ var(txn.trace) -m found }'
const JOINED_TRACE_LINES = [
  `http-request set-var(txn.trace) 'req.fhdr(x-amzn-trace-id,-2),regsub("(^|;)Self=[^;]*","",g),regsub("^;","")' if { req.fhdr_cnt(x-amzn-trace-id) gt 1 }`,
  `http-request set-header ${TRACE} 'Self=${NEW_TRACE};%[var(txn.trace)]' if ${TRACED} { var(txn.trace) -m sub Root= }`,
  `http-request set-header ${TRACE} 'Root=${NEW_TRACE};%[var(txn.trace)]' if ${TRACED} !{ var(txn.trace) -m sub Root= }`,
]

const RESPONSE_HEADERS = [
  'Strict-Transport-Security',
  'Access-Control-Allow-Origin',
  'Access-Control-Allow-Methods',
  'Access-Control-Allow-Headers',
  'Access-Control-Allow-Credentials',
  'Access-Control-Expose-Headers',
  'Access-Control-Max-Age',
  'Content-Security-Policy',
  'X-Content-Type-Options',
  'X-Frame-Options',
]

export const responseLines = ({ listener: { attributes }, loadBalancer }: HttpScope): string[] => [
  ...RESPONSE_HEADERS.flatMap((header) => {
    const value = attributes[`routing.http.response.${header.toLowerCase().replaceAll('-', '_')}.header_value`] ?? ''
    return value === '' ? [] : [`http-after-response set-header ${header} ${quoteWord(formatText(value))}`]
  }),
  ...(attributes['routing.http.response.server.enabled'] === 'false' ? ['http-after-response del-header Server'] : []),
  `http-after-response set-header Connection close if { date,sub(sess.since) ge ${Number(loadBalancer.attributes['client_keep_alive.seconds'] ?? 3600)} }`,
]
