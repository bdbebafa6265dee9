/**
 * AWS Signature Version 4: the rules that signers and verifiers share, and a signer for our own clients.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 * Checking a request against these rules is the wire's part (`wire/sigv4.ts`).
 */
import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto'
import { basicText } from '../kit/timestamps.ts'

export const ALGORITHM = 'AWS4-HMAC-SHA256'
export const UNSIGNED_PAYLOAD = 'UNSIGNED-PAYLOAD'
/** SHA-256 of nothing: the payload of a GET, a websocket upgrade, a presigned request. */
const EMPTY_HASH = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

const TERMINATOR = 'aws4_request'

export interface SigningScope {
  /** `YYYYMMDD` */
  readonly date: string
  readonly region: string
  readonly service: string
}

export const scopeText = ({ date, region, service }: SigningScope): string =>
  `${date}/${region}/${service}/${TERMINATOR}`

export const hashHex = (content: string | Uint8Array): string =>
  content.length === 0 ? EMPTY_HASH : hash('sha256', content, 'hex')

/** RFC 3986: everything but unreserved characters, as UTF-8. */
const encode = (text: string): string =>
  encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )

/**
 * The path as it is signed: without `.`, `..` and empty segments, each segment encoded once more than it was sent.
 * AWS: S3 alone signs the path exactly as sent.
 */
export const canonicalPath = (path: string, service: string): string => {
  if (path === '/' || path === '') return '/'
  if (service === 's3') return path
  const segments: string[] = []
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop()
    else if (segment !== '' && segment !== '.') segments.push(encode(segment))
  }
  const isFolder = path.endsWith('/') && segments.length > 0
  return `/${segments.join('/')}${isFolder ? '/' : ''}`
}

/** Name and value pairs of a query string, decoded. `+` stands for itself here, as signers see it. */
export const parseQuery = (query: string): [name: string, value: string][] =>
  query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const equals = pair.indexOf('=')
      return equals === -1 ? [decode(pair), ''] : [decode(pair.slice(0, equals)), decode(pair.slice(equals + 1))]
    })

/** Text that is not valid percent-encoding stands for itself: it was signed somehow, and will match or not. */
const decode = (text: string): string => {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch (error) {
    if (error instanceof URIError) return text
    throw error
  }
}

/** The query as it is signed: encoded, sorted by name, then value. */
export const canonicalQuery = (pairs: readonly (readonly [name: string, value: string])[]): string =>
  pairs
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .toSorted(
      ([leftName, leftValue], [rightName, rightValue]) =>
        compare(leftName, rightName) || compare(leftValue, rightValue),
    )
    .map(([name, value]) => `${name}=${value}`)
    .join('&')

const compare = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0)

/** A header's value as it is signed: trimmed, runs of blanks made one, repeated headers joined by commas. */
export const canonicalHeader = (value: string | readonly string[]): string =>
  typeof value === 'string' ? tidyBlanks(value) : value.map(tidyBlanks).join(',')

const tidyBlanks = (value: string): string => (value.includes('  ') ? value.replaceAll(/ +/g, ' ') : value).trim()

export interface CanonicalRequest {
  readonly method: string
  readonly path: string
  readonly query: string
  /** `name:value` lines in the order of `signedHeaders`, each ended by a line feed. */
  readonly headerLines: string
  /** Names in lower case, sorted, joined by semicolons. */
  readonly signedHeaders: string
  readonly payloadHash: string
}

export const stringToSign = (request: CanonicalRequest, time: string, scope: string): string => {
  const { method, path, query, headerLines, signedHeaders, payloadHash } = request
  const canonical = `${method}\n${path}\n${query}\n${headerLines}\n${signedHeaders}\n${payloadHash}`
  return `${ALGORITHM}\n${time}\n${scope}\n${hash('sha256', canonical, 'hex')}`
}

const hmac = (key: string | Uint8Array, text: string): Buffer => createHmac('sha256', key).update(text).digest()

/** The key that signs under a scope. */
export type KeyOf = (secretAccessKey: string, scope: SigningScope) => KeyObject

/** As a key object, which makes using it again and again six times as fast. */
export const signingKey = (secretAccessKey: string, { date, region, service }: SigningScope): KeyObject =>
  createSecretKey(hmac(hmac(hmac(hmac(`AWS4${secretAccessKey}`, date), region), service), TERMINATOR))

/** The signature itself, 64 hexadecimal digits. */
export const signatureOf = (key: KeyObject, text: string): string =>
  createHmac('sha256', key).update(text).digest('hex')

export interface SigningCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

export interface RequestToSign {
  readonly method: string
  readonly url: URL
  /** Headers to sign, names in lower case; `host` and the date are added. An `x-amz-content-sha256` stands for the body's hash. */
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  readonly region: string
  readonly service: string
  readonly credentials: SigningCredentials
  /** Milliseconds since the epoch. */
  readonly now: number
}

/**
 * The request's headers with those added that sign it. Send them unchanged; `host` is among them. `keyOf` may remember keys: making one
 * costs more than everything else here.
 */
export const signRequest = (request: RequestToSign, keyOf: KeyOf = signingKey): Record<string, string> =>
  signRequestBy(request, (text, scope) => signatureOf(keyOf(request.credentials.secretAccessKey, scope), text))

/** Makes the signature of a text, for a scope. */
export type SignText = (text: string, scope: SigningScope) => string

/** Like `signRequest`, by other means than a secret access key. */
export const signRequestBy = (
  request: Omit<RequestToSign, 'credentials'> & {
    readonly credentials: Pick<SigningCredentials, 'accessKeyId' | 'sessionToken'>
  },
  sign: SignText,
): Record<string, string> => {
  const { method, url, region, service, credentials, now } = request
  const time = basicText(now)
  const headers: Record<string, string> = { ...request.headers, host: url.host, 'x-amz-date': time }
  if (credentials.sessionToken !== undefined) headers['x-amz-security-token'] = credentials.sessionToken
  const names = Object.keys(headers).toSorted()
  const scope = { date: time.slice(0, 8), region, service }
  const canonical: CanonicalRequest = {
    method,
    path: canonicalPath(url.pathname, service),
    query: canonicalQuery(parseQuery(url.search.slice(1))),
    headerLines: names.map((name) => `${name}:${canonicalHeader(headers[name] ?? '')}\n`).join(''),
    signedHeaders: names.join(';'),
    payloadHash: headers['x-amz-content-sha256'] ?? hashHex(request.body ?? ''),
  }
  const text = stringToSign(canonical, time, scopeText(scope))
  const signature = sign(text, scope)
  headers['authorization'] =
    `${ALGORITHM} Credential=${credentials.accessKeyId}/${scopeText(scope)}, SignedHeaders=${canonical.signedHeaders}, Signature=${signature}`
  return headers
}
