/**
 * Checks Signature Version 4 on requests of any kind: API calls, presigned URLs and websocket upgrades. The rules of the signature
 * itself are in `model/signature-v4.ts`; what a verified caller may do is decided elsewhere.
 */
import { Buffer } from 'node:buffer'
import { type KeyObject, timingSafeEqual, verify } from 'node:crypto'
import { basicText } from '../kit/timestamps.ts'
import { PRESIGNED_VALIDITY_SECONDS, SIGNATURE_SKEW_MS, SIGNING_KEYS } from '../model/limits.ts'
import type { Principal } from '../model/principal.ts'
import {
  canonicalHeader,
  canonicalPath,
  canonicalQuery,
  hashHex,
  scopeText,
  signatureOf,
  signingKey,
  type SigningScope,
  stringToSign,
  UNSIGNED_PAYLOAD,
} from '../model/signature-v4.ts'
import { headerOf, type RequestHeaders } from './protocol.ts'
import { invalidToken, SignatureError } from './signature-fault.ts'
import { readSignature, type SignatureParts } from './signature-parts.ts'

export type Credential = { readonly principal: Principal } & (
  | { readonly secretAccessKey: string }
  /** Of a managed instance, which signs the same text with its own RSA key. */
  | { readonly publicKey: KeyObject }
)

export interface CredentialStore {
  /**
   * The credential of that key, if a request of its owner comes with that session token, or with none; undefined if there is no such
   * one. Throws `SignatureError` if it has expired. `now` is in milliseconds since the epoch.
   */
  find(accessKeyId: string, sessionToken: string | undefined, now: number): Credential | undefined
}

/** As much of a request as is signed. An upgrade request or other GET has an empty body. */
export interface SignedRequest {
  readonly method: string
  readonly url: string
  readonly headers: RequestHeaders
  readonly body: Uint8Array
}

export interface Caller {
  readonly principal: Principal
  readonly region: string
}

export class SignatureVerifier {
  readonly #credentials: CredentialStore
  readonly #keys = new SigningKeys()

  constructor(credentials: CredentialStore) {
    this.#credentials = credentials
  }

  /** Who signed the request for `service`. Throws `SignatureError`. `now` is in milliseconds since the epoch. */
  verify(request: SignedRequest, service: string, now: number): Caller {
    const parts = readSignature(request)
    checkScope(parts, service)
    checkTime(parts, now)
    checkSignedHeaders(parts, request.headers)
    const credential = this.#credentials.find(parts.accessKeyId, parts.sessionToken, now)
    if (credential === undefined) throw invalidToken()
    if (!this.#isSignedBy(credential, textOf(request, parts), parts)) throw new SignatureError('mismatch', MISMATCH)
    return { principal: credential.principal, region: parts.scope.region }
  }

  #isSignedBy(credential: Credential, text: string, { accessKeyId, scope, signature }: SignatureParts): boolean {
    if ('publicKey' in credential)
      return verify('RSA-SHA256', Buffer.from(text), credential.publicKey, Buffer.from(signature, 'base64'))
    return isEqual(signatureOf(this.#keys.get(accessKeyId, credential.secretAccessKey, scope), text), signature)
  }
}

const MISMATCH =
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. ' +
  'Consult the service documentation for details.'

/** In a time that does not depend on where the texts differ. */
const isEqual = (expected: string, given: string): boolean => {
  const left = Buffer.from(expected)
  const right = Buffer.from(given)
  return left.length === right.length && timingSafeEqual(left, right)
}

const checkScope = ({ scope, time }: SignatureParts, service: string): void => {
  if (scope.service !== service) {
    throw new SignatureError('mismatch', `Credential should be scoped to correct service: '${service}'.`)
  }
  const day = time.slice(0, 8)
  if (scope.date === day) return
  throw new SignatureError(
    'mismatch',
    `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${scope.date.slice(0, 16)}' != '${day}', from '${time}'.`,
  )
}

const checkTime = ({ signedAt, expiresSeconds }: SignatureParts, now: number): void => {
  if (signedAt > now + SIGNATURE_SKEW_MS) {
    throw new SignatureError(
      'mismatch',
      `Signature not yet current: ${basicText(signedAt)} is still later than ${allowance(now, '+')}`,
    )
  }
  if (expiresSeconds === undefined) {
    if (signedAt >= now - SIGNATURE_SKEW_MS) return
    throw new SignatureError(
      'mismatch',
      `Signature expired: ${basicText(signedAt)} is now earlier than ${allowance(now, '-')}`,
    )
  }
  if (!Number.isInteger(expiresSeconds) || expiresSeconds < 1 || expiresSeconds > PRESIGNED_VALIDITY_SECONDS) {
    throw new SignatureError('incomplete', `X-Amz-Expires must be between 1 and ${PRESIGNED_VALIDITY_SECONDS} seconds.`)
  }
  const goodUntil = signedAt + expiresSeconds * 1000
  if (goodUntil < now) {
    throw new SignatureError(
      'mismatch',
      `Signature expired: ${basicText(goodUntil)} is now earlier than ${basicText(now)}`,
    )
  }
}

/** E.g. `20260102T030005Z (20260102T030505Z - 5 min.)`. */
const allowance = (now: number, sign: '+' | '-'): string => {
  const limit = sign === '+' ? now + SIGNATURE_SKEW_MS : now - SIGNATURE_SKEW_MS
  return `${basicText(limit)} (${basicText(now)} ${sign} ${SIGNATURE_SKEW_MS / 60_000} min.)`
}

/** Everything that steers a request must be signed: the host, and each of AWS's own headers. */
const checkSignedHeaders = ({ signedHeaders }: SignatureParts, headers: RequestHeaders): void => {
  if (!signedHeaders.includes('host')) {
    throw new SignatureError('mismatch', "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")
  }
  for (const name in headers) {
    if (name.startsWith('x-amz-') && !signedHeaders.includes(name)) {
      throw new SignatureError('mismatch', `There were headers present in the request which were not signed: ${name}`)
    }
  }
}

const textOf = (request: SignedRequest, parts: SignatureParts): string => {
  const { method, url, headers } = request
  const question = url.indexOf('?')
  let headerLines = ''
  for (const name of parts.signedHeaders) headerLines += `${name}:${canonicalHeader(valueOf(headers, name))}\n`
  const canonical = {
    method,
    path: canonicalPath(question === -1 ? url : url.slice(0, question), parts.scope.service),
    query: parts.query.length === 0 ? '' : canonicalQuery(parts.query),
    headerLines,
    signedHeaders: parts.signedHeaders.join(';'),
    payloadHash: payloadHashOf(request, parts),
  }
  return stringToSign(canonical, parts.time, scopeText(parts.scope))
}

/** Clients choose the names: `constructor` is a header like any other, and mostly not there. */
const valueOf = (headers: RequestHeaders, name: string): string | readonly string[] =>
  (Object.hasOwn(headers, name) ? headers[name] : undefined) ?? ''

/** The hash that was signed, which must be that of the body unless the client signed that it is not. */
const payloadHashOf = ({ headers, body }: SignedRequest, { scope, expiresSeconds }: SignatureParts): string => {
  const stated = headerOf(headers, 'x-amz-content-sha256')
  if (stated?.startsWith('STREAMING-'))
    throw new SignatureError(
      'incomplete',
      `The payload '${stated.slice(0, 64)}' is for uploads to S3 and cannot be verified here.`,
    )
  // AWS: a URL for S3 is presigned before anyone knows the body.
  if (stated === UNSIGNED_PAYLOAD || (expiresSeconds !== undefined && scope.service === 's3')) return UNSIGNED_PAYLOAD
  return hashHex(body)
}

/** Signing keys by access key, day, region and service; deriving one costs four times what using it does. */
class SigningKeys {
  readonly #keys = new Map<string, { readonly secretAccessKey: string; readonly key: KeyObject }>()

  get(accessKeyId: string, secretAccessKey: string, scope: SigningScope): KeyObject {
    const id = `${accessKeyId}/${scopeText(scope)}`
    const known = this.#keys.get(id)
    if (known?.secretAccessKey === secretAccessKey) return known.key
    const key = signingKey(secretAccessKey, scope)
    if (this.#keys.size >= SIGNING_KEYS) this.#keys.delete(this.#keys.keys().next().value ?? '')
    this.#keys.set(id, { secretAccessKey, key })
    return key
  }
}
