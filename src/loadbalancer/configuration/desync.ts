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

/** Before rules are tried. */
export const desyncLines = (scope: HttpScope): string[] => {
  const refuse = (test: string): string => `${refusal(400, scope.sink)} hdr Connection close if ${test}`
  const mode = modeOf(scope)
  return [
    ...VERSIONS.map(refuse),
    `http-request set-var(txn.is_odd) bool(true) if { req.hdrs -m reg -- ${quoteWord(oddHeaders(scope))} }`,
    ...(hasLaxHeaders(scope) ? [refuse(`${IS_ODD} { req.hdrs -m reg -- ${quoteWord(NUL_OR_HOST)} }`)] : []),
    ...(mode === 'strictest' ? [...ACCEPTABLE, ...AMBIGUOUS].map(refuse) : []),
    ...(mode === 'defensive'
      ? AMBIGUOUS.map((test) => `http-request set-var(txn.is_ambiguous) bool(true) if ${test}`)
      : []),
  ]
}

/** After rules are tried: neither connection is used again. */
export const closingLines = (scope: HttpScope): string[] =>
  modeOf(scope) === 'defensive'
    ? ['http-request', 'http-after-response'].map(
        (stage) => `${stage} set-header Connection close if { var(txn.is_ambiguous) -m bool }`,
      )
    : []

const modeOf = ({ loadBalancer: { attributes } }: HttpScope): string =>
  attributes['routing.http.desync_mitigation_mode'] ?? 'defensive'

/** HTTP/1.1, as nearly all requests are, is asked for first, and not by its beginning. */
const VERSIONS = [
  '!{ req.ver 1.1 } { fc_http_major 1 } !{ req.ver -m beg 1. }',
  '!{ req.ver 1.1 } { req.ver 1.0 } { req.hdr(transfer-encoding) -m found }',
]

/**
 * One look through all headers tells for most requests that nothing else has to be looked for. Whatever a test with `IS_ODD` is about has to be
 * found by it.
 */
export const IS_ODD = '{ var(txn.is_odd) -m found }'

const oddHeaders = (scope: HttpScope): string =>
  ['content', 'transfer', 'x-forwarded-for', ...(hasLaxHeaders(scope) ? [NUL_OR_HOST] : [])].join('|')

/** Before 3.0, NUL may be in headers, and anything in hosts: a folded line, a path. */
const hasLaxHeaders = ({ host: { version } }: HttpScope): boolean => version.major < 3

const OF_HOST = String.raw`-A-Za-z0-9._~:[\]%!$&'()*+,;=`
const NUL_OR_HOST = String.raw`\x00|(?:^|\n)host: [${OF_HOST}]*+[^${OF_HOST}\r\n]`

const ACCEPTABLE = [
  `{ fc_http_major 1 } !{ req.ver 1.0 1.1 }`,
  '{ method GET HEAD } { req.hdr(content-length) -m found }',
  String.raw`{ req.hdrs -m reg '[^\t\r\n -~]' }`,
]

const OTHER = '[^a-z0-9:]*'
/** Names that some take for those of a body's length. HAProxy gives names in lower case. */
const SUSPICIOUS = `(?:^|:)(?!(?:transfer-encoding|content-length)(?::|$))${OTHER}(?:transfer${OTHER}encoding|content${OTHER}length)${OTHER}(?::|$)`

const AMBIGUOUS = [
  '{ method GET HEAD } { req.hdr_val(content-length) gt 0 }',
  '{ method GET HEAD } { req.hdr(transfer-encoding) -m found }',
  `{ req.hdr_names(:) -m reg -- ${quoteWord(SUSPICIOUS)} }`,
].map((test) => `${IS_ODD} ${test}`)
