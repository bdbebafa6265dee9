/**
 * Streams of HTTP/2 that would be several requests, or other ones, if they were written down as HTTP/1.1 without care; as bytes of a whole
 * connection. Where a second request hides, it asks for `/hidden`.
 */

export interface MalformedStream {
  readonly bytes: Buffer
  /** What the target gets: nothing, if the stream has to be refused; else request line and body. */
  readonly seen: readonly string[]
}

type Fields = readonly (readonly [name: string, value: string])[]

const [DATA, HEADERS, SETTINGS] = [0, 1, 4]
const [END_STREAM, END_HEADERS] = [1, 4]

const frame = (type: number, flags: number, stream: number, payload: Buffer): Buffer => {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head[3] = type
  head[4] = flags
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}

/** HPACK's integers with a prefix of seven bits, as lengths of texts are. */
const lengthOf = (text: Buffer): Buffer => {
  if (text.length < 127) return Buffer.from([text.length])
  const bytes = [127]
  let left = text.length - 127
  for (; left >= 128; left = Math.floor(left / 128)) bytes.push((left % 128) + 128)
  return Buffer.from([...bytes, left])
}

/** Literal, without an index, without Huffman's code. */
const field = ([name, value]: readonly [string, string]): Buffer => {
  const [first, second] = [Buffer.from(name, 'latin1'), Buffer.from(value, 'latin1')]
  return Buffer.concat([Buffer.from([0]), lengthOf(first), first, lengthOf(second), second])
}

const headers = (fields: Fields, flags: number): Buffer => frame(HEADERS, flags, 1, Buffer.concat(fields.map(field)))

const connection = (...frames: readonly Buffer[]): Buffer =>
  Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), frame(SETTINGS, 0, 0, Buffer.alloc(0)), ...frames])

const PSEUDO: Fields = [
  [':method', 'POST'],
  [':scheme', 'https'],
  [':authority', 'a'],
  [':path', '/'],
]

const pseudo = (given: Readonly<Record<string, string>>): Fields =>
  PSEUDO.map(([name, value]): readonly [string, string] => [name, given[name] ?? value])

const stream = (fields: Fields, body = '', trailers?: Fields): Buffer =>
  connection(
    headers(fields, END_HEADERS + (body === '' && !trailers ? END_STREAM : 0)),
    ...(body === '' ? [] : [frame(DATA, trailers ? 0 : END_STREAM, 1, Buffer.from(body, 'latin1'))]),
    ...(trailers ? [headers(trailers, END_HEADERS + END_STREAM)] : []),
  )

const HIDDEN = 'GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n'
const refused = (bytes: Buffer): MalformedStream => ({ bytes, seen: [] })
const withField = (name: string, value: string, body = ''): MalformedStream =>
  refused(stream([...PSEUDO, [name, value]], body))
const withPseudo = (given: Readonly<Record<string, string>>): MalformedStream => refused(stream(pseudo(given)))

export const MALFORMED_STREAMS: readonly (readonly [name: string, stream: MalformedStream])[] = Object.entries({
  'a plain stream': { bytes: stream(PSEUDO), seen: ['POST / HTTP/1.1'] },
  'a stream with a body': { bytes: stream(PSEUDO, 'hello'), seen: ['POST / HTTP/1.1 hello'] },
  'a body that is a request': { bytes: stream(PSEUDO, HIDDEN), seen: [`POST / HTTP/1.1 ${HIDDEN}`.trim()] },
  'H2.CL, 0': withField('content-length', '0', HIDDEN),
  'H2.CL, too short': withField('content-length', '5', HIDDEN),
  'H2.CL, too long': withField('content-length', '500', HIDDEN),
  'H2.CL, different ones': refused(stream([...PSEUDO, ['content-length', '5'], ['content-length', '6']], 'hello')),
  'H2.CL, with a sign': withField('content-length', '+5', 'hello'),
  'H2.TE': withField('transfer-encoding', 'chunked', `0\r\n\r\n${HIDDEN}`),
  'a connection header': withField('connection', 'transfer-encoding'),
  'an upgrade': withField('upgrade', 'h2c'),
  'TE that is not trailers': withField('te', 'chunked'),
  'CRLF in a value': withField('x-a', `b\r\ntransfer-encoding: chunked\r\nx-hidden: 1`, `0\r\n\r\n${HIDDEN}`),
  'LF in a value': withField('x-a', 'b\nx-hidden: 1'),
  'CR in a value': withField('x-a', 'b\rx-hidden: 1'),
  'NUL in a value': withField('x-a', 'b\0c'),
  'CRLF in a name': withField(`x-a: b\r\nx-hidden`, '1'),
  'a colon in a name': withField('transfer-encoding: chunked\r\nx', '1', `0\r\n\r\n${HIDDEN}`),
  'a space in a name': withField('transfer-encoding ', 'chunked', `0\r\n\r\n${HIDDEN}`),
  'a name in upper case': withField('X-A', '1'),
  'an empty name': withField('', '1'),
  'CRLF in the path': withPseudo({ ':path': '/ HTTP/1.1\r\nHost: a\r\n\r\nGET /hidden' }),
  'a space in the path': withPseudo({ ':path': '/hidden HTTP/1.1' }),
  'an empty path': withPseudo({ ':path': '' }),
  'a path without a slash': withPseudo({ ':path': '@b/hidden' }),
  'CRLF in the method': withPseudo({ ':method': 'GET /hidden HTTP/1.1\r\nx-hidden: 1\r\n\r\nPOST' }),
  'a space in the method': withPseudo({ ':method': 'GET /hidden' }),
  'CRLF in the authority': withPseudo({ ':authority': 'a\r\nx-hidden: 1' }),
  'a space in the authority': withPseudo({ ':authority': 'a x-hidden' }),
  'a path in the authority': withPseudo({ ':authority': 'a/hidden' }),
  'a scheme that is a URL': withPseudo({ ':scheme': 'https://a/hidden?' }),
  'CRLF in the scheme': withPseudo({ ':scheme': 'https://a/hidden HTTP/1.1\r\nx-hidden: 1\r\n\r\nGET http' }),
  'another host': { ...withField('host', 'hidden'), seen: ['POST / HTTP/1.1'] },
  'two paths': withField(':path', '/hidden'),
  'a pseudo-header that nobody knows': withField(':hidden', '1'),
  'a pseudo-header behind others': refused(stream([...PSEUDO.slice(0, 3), ['x-a', '1'], [':path', '/hidden']])),
  'no path': refused(stream(PSEUDO.slice(0, 3))),
  'a pseudo-header in trailers': refused(stream(PSEUDO, 'hello', [[':path', '/hidden']])),
  'a coding in trailers': refused(stream(PSEUDO, 'hello', [['transfer-encoding', 'chunked']])),
  'CRLF in trailers': refused(stream(PSEUDO, 'hello', [['x-a', 'b\r\nx-hidden: 1']])),
})
