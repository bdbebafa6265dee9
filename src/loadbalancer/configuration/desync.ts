/**
 * Requests that servers read in different ways, and that could smuggle others so (`routing.http.desync_mitigation_mode`).
 *
 * HAProxy refuses most of them before there are rules, with 400, in every mode; what it lets pass it writes anew for the target, with one
 * length and without what it did not understand. Some of that it repairs without a trace, so that no mode can tell: chunks beside a length
 * (the chunks count, and the connections are closed), the same length twice, folded headers, lines that end without CR, spaces before the
 * version. What is left to do here:
 * - in every mode: refuse what Elastic Load Balancing calls severe, and chunks in HTTP/1.0, which cannot be passed on safely;
 * - `strictest`: refuse what is not as RFC 7230 wants it;
 * - `defensive`: pass on what is ambiguous, and close both connections after it.
 *
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#desync-mitigation-mode
 */
import { refusal } from './pages.ts'
import { quoteWord } from './quote.ts'
import type { HttpScope } from './scope.ts'

/**
 * Another version than HTTP/1.1, and one look through all headers, tell for most requests that nothing else has to be looked for. Whatever an odd
 * line is about has to be found by it.
 */
export const oddityLines = (scope: HttpScope): string[] => [
  'http-request set-var(txn.is_odd) bool(true) if !{ req.ver 1.1 } { fc_http_major 1 }',
  `http-request set-var(txn.is_odd) bool(true) if { req.hdrs -m reg -- ${quoteWord(oddHeaders(scope))} }`,
  ...(modeOf(scope) === 'strictest' ? ACCEPTABLE.map((test) => refusing(test, scope)) : []),
]

/** Ends the lines of requests that nothing was found of. */
export const END_UNLESS_ODD = 'http-request allow unless { var(txn.is_odd) -m found }'

/** Of odd requests alone. Neither connection is used again after one that is ambiguous. */
export const desyncLines = (scope: HttpScope): string[] => {
  const mode = modeOf(scope)
  const refused = [
    ...VERSIONS,
    ...(hasLaxHeaders(scope) ? [`{ req.hdrs -m reg -- ${quoteWord(NUL_OR_HOST)} }`] : []),
    ...(mode === 'strictest' ? AMBIGUOUS : []),
  ]
  return [
    ...refused.map((test) => refusing(test, scope)),
    ...(mode === 'defensive'
      ? [
          // As if the client had kept the connection for too long.
          ...AMBIGUOUS.map((test) => `http-request set-var(sess.since) int(0) if ${test}`),
          'http-request set-header Connection close if { var(sess.since) -m int 0 }',
        ]
      : []),
  ]
}

const refusing = (test: string, { sink }: HttpScope): string => `${refusal(400, sink)} hdr Connection close if ${test}`

const modeOf = ({ loadBalancer: { attributes } }: HttpScope): string =>
  attributes['routing.http.desync_mitigation_mode'] ?? 'defensive'

const VERSIONS = [
  '{ fc_http_major 1 } !{ req.ver -m beg 1. }',
  '{ req.ver 1.0 } { req.hdr(transfer-encoding) -m found }',
]

/** In a name: neither a letter nor a digit. */
const OTHER = String.raw`[^a-z0-9:\n]*`

/** Where lines of headers begin, so that the look is a quick one. */
const oddHeaders = (scope: HttpScope): string => {
  const names = [`${OTHER}(?:content|transfer)`, 'x-forwarded-', 'x-amzn-trace-id:']
  const begins = hasLaxHeaders(scope) ? [...names, BAD_HOST] : names
  return `(?:^|\\n)(?:${begins.join('|')})${hasLaxHeaders(scope) ? `|${NUL}` : ''}`
}

/** Before 3.0, NUL may be in headers, and anything in hosts: a folded line, a path. */
const hasLaxHeaders = ({ host: { version } }: HttpScope): boolean => version.major < 3

const OF_HOST = String.raw`-A-Za-z0-9._~:[\]%!$&'()*+,;=`
const NUL = String.raw`\x00`
const BAD_HOST = String.raw`host: [${OF_HOST}]*+[^${OF_HOST}\r\n]`
const NUL_OR_HOST = String.raw`${NUL}|(?:^|\n)${BAD_HOST}`

const ACCEPTABLE = [
  `{ fc_http_major 1 } !{ req.ver 1.0 1.1 }`,
  '{ method GET HEAD } { req.hdr(content-length) -m found }',
  String.raw`{ req.hdrs -m reg '[^\t\r\n -~]' }`,
]

/** Names that some take for those of a body's length. HAProxy gives names in lower case. */
const SUSPICIOUS = `(?:^|:)(?!(?:transfer-encoding|content-length)(?::|$))${OTHER}(?:transfer${OTHER}encoding|content${OTHER}length)${OTHER}(?::|$)`

const AMBIGUOUS = [
  '{ method GET HEAD } { req.hdr_val(content-length) gt 0 }',
  '{ method GET HEAD } { req.hdr(transfer-encoding) -m found }',
  `{ req.hdr_names(:) -m reg -- ${quoteWord(SUSPICIOUS)} }`,
]
