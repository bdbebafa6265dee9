/**
 * Requests that are not as the RFCs want them, by the classes under which they were published, with what Elastic Load Balancing thinks of them:
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#desync-mitigation-mode. All of this is bytes,
 * one character each. Where a second request hides, it asks for `/hidden`.
 */

export type Classification = 'compliant' | 'acceptable' | 'ambiguous' | 'severe'

/** What HAProxy does in every mode, where that is not what the mode says. What it repairs, targets get with one length, and well formed. */
type Otherwise = 'refuses' | 'repairs' | 'repairs and closes' | 'refuses or repairs'

export interface MalformedRequest {
  readonly bytes: string
  readonly classification: Classification
  readonly haproxy?: Otherwise
}

const HIDDEN = 'GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n'

const get = (headers: string, target = '/', version = 'HTTP/1.1'): string =>
  `GET ${target} ${version}\r\nHost: a\r\n${headers}\r\n`
const post = (headers: string, body: string): string => `POST / HTTP/1.1\r\nHost: a\r\n${headers}\r\n${body}`

/** A whole body of chunks, and then the hidden request, which a reader of the length takes for the body. */
const chunksFirst = `0\r\n\r\n${HIDDEN}`
/** The hidden request within a chunk, where a reader of the length finds it behind the body. */
const lengthFirst = `${HIDDEN.length.toString(16)}\r\n${HIDDEN}\r\n0\r\n\r\n`
const chunked = (te: string): string => post(`${te}\r\nContent-Length: 4\r\n`, lengthFirst)

const all = (
  classification: Classification,
  requests: Readonly<Record<string, string | readonly [bytes: string, haproxy: Otherwise]>>,
) =>
  Object.entries(requests).map(([name, given]): readonly [string, MalformedRequest] => [
    name,
    typeof given === 'string'
      ? { bytes: given, classification }
      : { bytes: given[0], classification, haproxy: given[1] },
  ])

export const MALFORMED_REQUESTS: readonly (readonly [name: string, request: MalformedRequest])[] = [
  ...all('compliant', {
    'a plain request': get(''),
    'a length': post('Content-Length: 5\r\n', 'hello'),
    chunks: post('Transfer-Encoding: chunked\r\n', '5\r\nhello\r\n0\r\n\r\n'),
    'chunks with extensions': post('Transfer-Encoding: chunked\r\n', '5;a="b"\r\nhello\r\n0\r\n\r\n'),
    trailers: post('Transfer-Encoding: chunked\r\n', '5\r\nhello\r\n0\r\nX-Trailer: 1\r\n\r\n'),
    'an absolute target': get('', 'http://a/x'),
    'a header whose name has every character': get("X!#$%&'*+.^_`|~9: 1\r\n"),
    Expect: post('Expect: 100-continue\r\nContent-Length: 5\r\n', 'hello'),
    'a method that nobody knows': get('').replace('GET', 'BREW'),
    'gzip and chunks': [post('Transfer-Encoding: gzip, chunked\r\n', chunksFirst), 'refuses'],
    'another host in an absolute target': [get('', 'http://b/'), 'refuses'],
  }),
  ...all('acceptable', {
    'a header that is not ASCII': get('X-A: \xe9\r\n'),
    'a header with a control character': get('X-A: b\x01c\r\n'),
    'version 1.2': get('', '/', 'HTTP/1.2'),
    'version 1.9': get('', '/', 'HTTP/1.9'),
    'a length of 0 for GET': get('Content-Length: 0\r\n'),
    'a length of 0 for HEAD': get('Content-Length: 0\r\n').replace('GET', 'HEAD'),
    'a header name that is not ASCII': [get('X-\xe9: 1\r\n'), 'refuses'],
    'a space in the name of a header': [get('X A: 1\r\n'), 'refuses'],
    'a space before the colon': [get('X-A : 1\r\n'), 'refuses'],
    'no version': ['GET /\r\n\r\n', 'refuses'],
    'a space in the target': [get('', '/a b'), 'refuses'],
    'two spaces before the version': [get('', '/', ' HTTP/1.1'), 'repairs'],
    'ends of lines without CR': [get('X-A: 1\r\n').replaceAll('\r\n', '\n'), 'repairs'],
  }),
  ...all('ambiguous', {
    'a length for GET': get(`Content-Length: ${HIDDEN.length}\r\n`) + HIDDEN,
    'chunks for GET': get('Transfer-Encoding: chunked\r\n') + lengthFirst,
    Transfer_Encoding: chunked('Transfer_Encoding: chunked'),
    Content_Length: `${post('Content_Length: 5\r\n', '')}${HIDDEN}`,
    'Transfer---Encoding': chunked('Transfer---Encoding: chunked'),
    '~Transfer-Encoding~': chunked('~Transfer-Encoding~: chunked'),
    'CL.TE': [post('Content-Length: 47\r\nTransfer-Encoding: chunked\r\n', chunksFirst), 'repairs and closes'],
    'TE.CL': [chunked('Transfer-Encoding: chunked'), 'repairs and closes'],
    'TE.CL, in upper case': [chunked('TRANSFER-ENCODING: CHUNKED'), 'repairs and closes'],
    'TE.CL, folded': [chunked('Transfer-Encoding:\r\n chunked'), 'repairs and closes'],
    'CL.CL, the same': [post('Content-Length: 5\r\nContent-Length: 5\r\n', 'hello'), 'repairs'],
    'CL.CL, the same in a list': [post('Content-Length: 5, 5\r\n', 'hello'), 'repairs'],
    'obs-fold': [get('X-A: 1\r\n 2\r\n'), 'repairs'],
    'obs-fold before the first header': [`GET / HTTP/1.1\r\n X: 1\r\nHost: a\r\n\r\n`, 'refuses'],
    'obs-fold of the host': [`GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n`, 'refuses'],
    'chunks in HTTP/1.0': [post('Transfer-Encoding: chunked\r\n', chunksFirst).replace('1.1', '1.0'), 'refuses'],
    'chunks and a length in HTTP/1.0': [chunked('Transfer-Encoding: chunked').replace('1.1', '1.0'), 'refuses'],
    'an empty name': [get(': 1\r\n'), 'refuses'],
    'a line without a colon': [get('X-A\r\n'), 'refuses'],
    'a control character in the target': [get('', '/a\x01b'), 'refuses'],
    'TE.TE, a space before the colon': [chunked('Transfer-Encoding : chunked'), 'refuses'],
    'TE.TE, a space before the name': [chunked(' Transfer-Encoding: chunked'), 'refuses'],
    'TE.TE, a control character before the name': [chunked('\x01Transfer-Encoding: chunked'), 'refuses'],
    'TE.TE, not ASCII behind the name': [chunked('Transfer-Encoding\x88: chunked'), 'refuses'],
    'TE.TE, a form feed before the colon': [chunked('Transfer-Encoding\f: chunked'), 'refuses'],
  }),
  ...all('severe', {
    'CL.CL, different': post('Content-Length: 5\r\nContent-Length: 6\r\n', 'hello!'),
    'CL.CL, different in a list': post('Content-Length: 5, 6\r\n', 'hello!'),
    'a length with a sign': post('Content-Length: +5\r\n', 'hello'),
    'a length below 0': post('Content-Length: -5\r\n', 'hello'),
    'a hexadecimal length': post('Content-Length: 0x5\r\n', 'hello'),
    'a length beyond 64 bits': post('Content-Length: 18446744073709551621\r\n', 'hello'),
    'an empty length': post('Content-Length:\r\n', 'hello'),
    'TE.TE, twice': chunked('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked'),
    'TE.TE, twice in a list': chunked('Transfer-Encoding: chunked, chunked'),
    'TE.TE, identity': chunked('Transfer-Encoding: identity'),
    'TE.TE, identity and chunked': chunked('Transfer-Encoding: identity\r\nTransfer-Encoding: chunked'),
    'TE.TE, xchunked': chunked('Transfer-Encoding: xchunked'),
    'TE.TE, quoted': chunked('Transfer-Encoding: "chunked"'),
    'TE.TE, a vertical tab before it': chunked('Transfer-Encoding: \x0bchunked'),
    'TE.TE, a parameter': chunked('Transfer-Encoding: chunked;a=b'),
    'TE.TE, chunked is not the last': chunked('Transfer-Encoding: chunked, gzip'),
    'TE.TE, an empty one': chunked('Transfer-Encoding:'),
    'NUL in a header': get('X-A: b\0c\r\n'),
    'CR in a header': get('X-A: b\rGET /hidden HTTP/1.1\r\n'),
    'NUL in a name': get('X\0A: 1\r\n'),
    'NUL in the target': get('', '/a\0b'),
    'CR in the target': get('', '/a\rb'),
    'no method': ' / HTTP/1.1\r\nHost: a\r\n\r\n',
    'a method that is no token': get('').replace('GET', 'G@T'),
    'a version that is none': get('', '/', 'HTTP/x'),
    'version 3.1': get('', '/', 'HTTP/3.1'),
    'version 2.0 in text': get('', '/', 'HTTP/2.0'),
    'another protocol': get('', '/', 'RTSP/1.0'),
    'two hosts': get('Host: b\r\n'),
    'a chunk whose length is none': post('Transfer-Encoding: chunked\r\n', `zz\r\n${chunksFirst}`),
    'a chunk whose length has a sign': post('Transfer-Encoding: chunked\r\n', `+5\r\nhello\r\n0\r\n\r\n`),
    'a chunk whose length is 0x5': post('Transfer-Encoding: chunked\r\n', `0x5\r\nhello\r\n0\r\n\r\n`),
    'a chunk of more than 64 bits': post('Transfer-Encoding: chunked\r\n', `10000000000000005\r\nhello\r\n0\r\n\r\n`),
    'a chunk that is longer than it says': post('Transfer-Encoding: chunked\r\n', `5\r\nhello!!\r\n0\r\n\r\n`),
    'a chunk that ends with LF': [
      post('Transfer-Encoding: chunked\r\n', `5\r\nhello\n0\r\n\r\n`),
      'refuses or repairs',
    ],
    'a header of 80 KiB': get(`X-A: ${'x'.repeat(81_920)}\r\n`),
    'a target of 80 KiB': get('', `/${'x'.repeat(81_920)}`),
    '300 headers': get('X-A: 1\r\n'.repeat(300)),
  }),
]
