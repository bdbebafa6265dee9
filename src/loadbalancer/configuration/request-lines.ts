/**
 * What an Application Load Balancer does to every request and answer: what it refuses, and the headers that it adds.
 */
import { closingLines, desyncLines, IS_ODD } from './desync.ts'
import { refusal } from './pages.ts'
import { formatText, quoteWord } from './quote.ts'
import { IS_IPV6 } from './rule-conditions.ts'
import { type HttpScope, isOn } from './scope.ts'

const MOST_FORWARDED = 30
const TRACE = 'X-Amzn-Trace-Id'
/** Seconds since 1970 and 96 random bits. */
const EIGHT_DIGITS = 'hex,bytes(8,8),lower'
const NEW_TRACE = `1-%[date,${EIGHT_DIGITS}]-${`%[rand,${EIGHT_DIGITS}]`.repeat(3)}`

/** Before rules are tried. */
export const refusalLines = (scope: HttpScope): string[] => [
  ...desyncLines(scope),
  // AWS: 463, more than 30 addresses.
  `${refusal(463, scope.sink)} if ${IS_ODD} { req.hdr_cnt(x-forwarded-for) gt ${MOST_FORWARDED} }`,
  ...(isOn(scope.loadBalancer.attributes, 'routing.http.drop_invalid_header_fields.enabled')
    ? ["http-request del-header '[^-A-Za-z0-9]' -m reg"]
    : []),
]

/** After rules are tried, which see the request as it came. */
export const requestHeaderLines = (scope: HttpScope): string[] => [
  ...forwardedLines(scope),
  `http-request set-header X-Forwarded-Proto ${scope.listener.protocol === 'HTTPS' ? 'https' : 'http'}`,
  `http-request set-header X-Forwarded-Port ${scope.listener.port}`,
  ...hostLines(scope),
  ...TRACE_LINES,
  ...closingLines(scope),
  'http-request disable-l7-retry unless { method GET HEAD OPTIONS PUT DELETE TRACE }',
]

const FORWARDED = 'X-Forwarded-For'

const forwardedLines = ({ loadBalancer: { attributes } }: HttpScope): string[] => {
  const mode = attributes['routing.http.xff_header_processing.mode']
  if (mode === 'preserve') return []
  if (mode === 'remove') return [`http-request del-header ${FORWARDED}`]
  if (!isOn(attributes, 'routing.http.xff_client_port.enabled')) return appended('%[src]', '')
  return [...appended('%[src]:%[src_port]', ` !${IS_IPV6}`), ...appended('[%[src]]:%[src_port]', ` ${IS_IPV6}`)]
}

/** To the one header there is, or as another. */
const appended = (client: string, test: string): string[] => [
  `http-request set-header ${FORWARDED} ${quoteWord(`%[req.fhdr(x-forwarded-for)], ${client}`)} if ${IS_ODD} { req.fhdr_cnt(x-forwarded-for) 1 }${test}`,
  `http-request add-header ${FORWARDED} ${quoteWord(client)} if !{ req.fhdr_cnt(x-forwarded-for) 1 }${test}`,
]

/** AWS: a port that is not the protocol's own is added to the host, unless it is preserved. */
const hostLines = ({ listener, loadBalancer: { attributes } }: HttpScope): string[] =>
  isOn(attributes, 'routing.http.preserve_host_header.enabled') || [80, 443].includes(listener.port)
    ? []
    : [`http-request replace-header Host '^([^:]+|\\[.*\\])$' '\\1:${listener.port}'`]

/** AWS: an own identifier joins that of the client as `Self`; a client's own `Self` gives way. */
const TRACED = '{ var(txn.trace) -m found }'
const TRACE_LINES = [
  `http-request set-var(txn.trace) 'req.fhdr(x-amzn-trace-id),regsub("(^|;)Self=[^;]*","",g),regsub("^;","")' if { req.fhdr(x-amzn-trace-id) -m found }`,
  `http-request add-header ${TRACE} 'Root=${NEW_TRACE}' if !${TRACED}`,
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
