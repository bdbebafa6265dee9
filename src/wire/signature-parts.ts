/** Reads what a request says about its signature, from the `Authorization` header or, if it is presigned, from its query. */
import { basicText, parseBasic, parseTimestamp } from '../kit/timestamps.ts'
import { ALGORITHM, parseQuery, type SigningScope } from '../model/signature-v4.ts'
import { headerOf, type RequestHeaders } from './protocol.ts'
import { SignatureError } from './signature-fault.ts'

export interface SignatureParts {
  readonly accessKeyId: string
  readonly scope: SigningScope
  /** Names as signed: lower case, in the order that the client gave. */
  readonly signedHeaders: readonly string[]
  readonly signature: string
  /** When it was signed, `YYYYMMDDThhmmssZ` and in milliseconds since the epoch. */
  readonly time: string
  readonly signedAt: number
  readonly sessionToken: string | undefined
  /** How long a presigned request is good for; absent for a signature in the header. */
  readonly expiresSeconds?: number
  /** The query's fields that are signed. */
  readonly query: readonly (readonly [name: string, value: string])[]
}

interface RequestLine {
  readonly url: string
  readonly headers: RequestHeaders
}

/** Throws `SignatureError` if there is no signature, or only a part of one. */
export const readSignature = ({ url, headers }: RequestLine): SignatureParts => {
  const question = url.indexOf('?')
  const query = question === -1 ? [] : parseQuery(url.slice(question + 1))
  const authorization = headerOf(headers, 'authorization')
  if (authorization !== undefined) return fromHeader(authorization, headers, query)
  if (query.some(([name]) => name === 'X-Amz-Algorithm')) return fromQuery(query)
  throw new SignatureError('missing', 'Missing Authentication Token')
}

/**
 * The key, token, region and service that an unverified request claims to be signed for, if it is well-formed. Only for deciding where
 * it belongs, never for whether it may.
 */
export const claimedScope = ({
  url,
  headers,
}: RequestLine): Pick<SignatureParts, 'accessKeyId' | 'scope' | 'sessionToken'> | undefined => {
  const header = headerOf(headers, 'authorization') ?? ''
  const credential =
    /Credential=([^,\s]+)/.exec(header)?.[1] ?? /[?&]X-Amz-Credential=([^&]+)/.exec(url)?.[1]?.replaceAll(/%2F/gi, '/')
  const [accessKeyId, date, region, service] = credential?.split('/') ?? []
  if (!accessKeyId || !date || !region || !service || !REGION.test(region)) return undefined
  return { accessKeyId, scope: { date, region, service }, sessionToken: claimedToken({ url, headers }) }
}

const claimedToken = ({ url, headers }: RequestLine): string | undefined =>
  headerOf(headers, 'x-amz-security-token') ??
  new URLSearchParams(url.split('?')[1]).get('X-Amz-Security-Token') ??
  undefined

/** What may stand in a region's place; regions of other partitions and home-made ones included. */
const REGION = /^[a-z0-9-]{1,32}$/

const fromHeader = (authorization: string, headers: RequestHeaders, query: SignatureParts['query']): SignatureParts => {
  const blank = authorization.indexOf(' ')
  const algorithm = blank === -1 ? authorization : authorization.slice(0, blank)
  if (algorithm !== ALGORITHM)
    throw new SignatureError('incomplete', `Unsupported AWS 'algorithm': '${algorithm.slice(0, 64)}'.`)
  const fields = new Map<string, string>()
  for (const part of authorization.slice(blank + 1).split(',')) {
    const equals = part.indexOf('=')
    if (equals === -1) throw notAPair(part)
    fields.set(part.slice(0, equals).trim(), part.slice(equals + 1).trim())
  }
  const time = headerOf(headers, 'x-amz-date') ?? headerOf(headers, 'date')
  return {
    ...credentialOf(required(fields, 'Credential')),
    signedHeaders: required(fields, 'SignedHeaders').split(';'),
    signature: required(fields, 'Signature'),
    ...momentOf(time ?? lacks("existence of either a 'X-Amz-Date' or a 'Date' header")),
    sessionToken: headerOf(headers, 'x-amz-security-token'),
    query,
  }
}

const notAPair = (part: string): SignatureError =>
  new SignatureError(
    'incomplete',
    `'${part.trim().slice(0, 64)}' not a valid key=value pair (missing equal-sign) in Authorization header.`,
  )

const required = (fields: ReadonlyMap<string, string>, name: string): string =>
  fields.get(name) || lacks(`'${name}' parameter`)

const lacks = (what: string): never => {
  throw new SignatureError('incomplete', `Authorization header requires ${what}.`)
}

const fromQuery = (query: SignatureParts['query']): SignatureParts => {
  const fields = new Map(query)
  const field = (name: string): string => {
    const value = fields.get(name)
    if (value) return value
    throw new SignatureError('incomplete', `AWS query-string parameters must include '${name}'.`)
  }
  const algorithm = field('X-Amz-Algorithm')
  if (algorithm !== ALGORITHM)
    throw new SignatureError('incomplete', `Unsupported AWS 'algorithm': '${algorithm.slice(0, 64)}'.`)
  return {
    ...credentialOf(field('X-Amz-Credential')),
    signedHeaders: field('X-Amz-SignedHeaders').split(';'),
    signature: field('X-Amz-Signature'),
    ...momentOf(field('X-Amz-Date')),
    sessionToken: fields.get('X-Amz-Security-Token'),
    expiresSeconds: Number(field('X-Amz-Expires')),
    query: query.filter(([name]) => name !== 'X-Amz-Signature'),
  }
}

/** A moment in the form that is signed, or in that of the `Date` header. */
const momentOf = (text: string): Pick<SignatureParts, 'time' | 'signedAt'> => {
  const basic = parseBasic(text)
  if (basic !== undefined) return { time: text, signedAt: basic }
  const signedAt = parseTimestamp(text)
  if (signedAt !== undefined) return { time: basicText(signedAt), signedAt }
  throw new SignatureError('incomplete', `Date must be in ISO-8601 'basic format'. Got '${text.slice(0, 64)}'.`)
}

const credentialOf = (credential: string): Pick<SignatureParts, 'accessKeyId' | 'scope'> => {
  const [accessKeyId, date, region, service, terminator, ...rest] = credential.split('/')
  if (!accessKeyId || !date || !region || !service || terminator === undefined || rest.length > 0) {
    throw new SignatureError(
      'incomplete',
      `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${credential.slice(0, 128)}'`,
    )
  }
  if (terminator !== 'aws4_request') {
    throw new SignatureError(
      'mismatch',
      `Credential should be scoped with a valid terminator: 'aws4_request', not '${terminator.slice(0, 32)}'.`,
    )
  }
  if (!REGION.test(region)) throw new SignatureError('mismatch', 'Credential should be scoped to a valid region.')
  return { accessKeyId, scope: { date, region, service } }
}
