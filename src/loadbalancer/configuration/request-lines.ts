/**
 * What an Application Load Balancer does to every request and answer: what it refuses, and the headers that it adds.
 *
 * How requests are read that could smuggle others (`routing.http.desync_mitigation_mode`): HAProxy refuses with 400 what cannot be read in one
 * way only, in every mode (several lengths that differ, unknown transfer codings, control characters, malformed chunks); of a request with
 * both a length and chunks it passes on chunks alone, and closes the connection after it. Everything is written anew for the target.
 * - `monitor`: besides, header names and targets of requests may have characters that are not allowed in them.
 * - `defensive`: nothing besides; what HTTP allows and some targets misread goes on over connections that are not used again.
 * - `strictest`: refused is what is not as RFC 7230 wants it: GET and HEAD with a body, header names with other characters than letters,
 *   digits, hyphens and underscores.
 */
import { refusal } from './pages.ts'
import { formatText, quoteWord } from './quote.ts'
import { type HttpScope, isOn } from './scope.ts'

const LONGEST_URL = 16_384
const MOST_FORWARDED = 30
const TRACE = 'X-Amzn-Trace-Id'
const NEW_TRACE = '1-%[date,hex,bytes(8,8),lower]-%[uuid,bytes(24,12)]%[uuid,bytes(24,12)]'

/** Before rules are tried. */
export const refusalLines = ({ loadBalancer: { attributes }, sink }: HttpScope): string[] => [
  `${refusal(414, sink)} if { url,length gt ${LONGEST_URL} }`,
  // AWS: 463, more than 30 addresses.
  `${refusal(463, sink)} if { req.hdr_cnt(x-forwarded-for) gt ${MOST_FORWARDED} }`,
  ...(attributes['routing.http.desync_mitigation_mode'] === 'strictest'
    ? [
        `${refusal(400, sink)} if { method GET HEAD } { req.hdr(content-length) -m found }`,
        `${refusal(400, sink)} if { method GET HEAD } { req.hdr(transfer-encoding) -m found }`,
        `${refusal(400, sink)} if { req.hdr_names(:),regsub([-_A-Za-z0-9:],,g) -m len gt 0 }`,
      ]
    : []),
  ...(attributes['routing.http.desync_mitigation_mode'] === 'defensive'
    ? ['http-request set-header Connection close if { method GET HEAD } { req.hdr(content-length) -m int gt 0 }']
    : []),
  ...(isOn(attributes, 'routing.http.drop_invalid_header_fields.enabled')
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
  'http-request disable-l7-retry unless { method GET HEAD OPTIONS PUT DELETE TRACE }',
]

const FORWARDED = 'X-Forwarded-For'

const forwardedLines = ({ loadBalancer: { attributes } }: HttpScope): string[] => {
  const mode = attributes['routing.http.xff_header_processing.mode']
  if (mode === 'preserve') return []
  if (mode === 'remove') return [`http-request del-header ${FORWARDED}`]
  if (!isOn(attributes, 'routing.http.xff_client_port.enabled')) return appended('%[src]', '')
  return [
    ...appended('%[src]:%[src_port]', ' { src -m ip 0.0.0.0/0 }'),
    ...appended('[%[src]]:%[src_port]', ' { src -m ip ::/0 }'),
  ]
}

/** To the one header there is, or as another. */
const appended = (client: string, test: string): string[] => {
  const one = `{ req.fhdr_cnt(x-forwarded-for) 1 }`
  return [
    `http-request set-var-fmt(txn.forwarded) ${quoteWord(`%[req.fhdr(x-forwarded-for)], ${client}`)} if ${one}${test}`,
    `http-request add-header ${FORWARDED} ${quoteWord(client)} if !${one}${test}`,
    `http-request set-header ${FORWARDED} %[var(txn.forwarded)] if { var(txn.forwarded) -m found }`,
  ]
}

/** AWS: a port that is not the protocol's own is added to the host, unless it is preserved. */
const hostLines = ({ listener, loadBalancer: { attributes } }: HttpScope): string[] =>
  isOn(attributes, 'routing.http.preserve_host_header.enabled') || [80, 443].includes(listener.port)
    ? []
    : [`http-request replace-header Host '^([^:]+|\\[.*\\])$' '\\1:${listener.port}'`]

/** AWS: an own identifier joins that of the client as `Self`; a client's own `Self` gives way. */
const TRACE_LINES = [
  `http-request replace-header ${TRACE} '^(.*?);?Self=[^;]*(.*)$' '\\1\\2' if { req.fhdr(x-amzn-trace-id) -m sub Self= }`,
  `http-request replace-header ${TRACE} '^;(.*)$' '\\1' if { req.fhdr(x-amzn-trace-id) -m beg ; }`,
  `http-request replace-header ${TRACE} '^(.*Root=.*)$' 'Self=${NEW_TRACE};\\1' if { req.fhdr(x-amzn-trace-id) -m found }`,
  `http-request replace-header ${TRACE} '^((?!.*Root=).*)$' 'Root=${NEW_TRACE};\\1' if { req.fhdr(x-amzn-trace-id) -m found }`,
  `http-request set-header ${TRACE} 'Root=${NEW_TRACE}' if !{ req.fhdr(x-amzn-trace-id) -m found }`,
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
  'http-after-response set-header Date %[date,http_date] if !{ res.hdr(date) -m found }',
  `http-after-response set-header Connection close if { date,sub(sess.since) ge ${Number(loadBalancer.attributes['client_keep_alive.seconds'] ?? 3600)} }`,
]
