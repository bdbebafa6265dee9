/**
 * The client's half of ACME: requests signed with the account's key, each with a nonce that the server gave.
 * https://www.rfc-editor.org/rfc/rfc8555
 */
import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto'
import type { AcmeAnswer, AcmeHttp } from './acme-http.ts'
import {
  type AcmeAuthorization,
  type AcmeChallenge,
  type AcmeDirectory,
  type AcmeOrder,
  AcmeProblem,
  type AcmeProblemDocument,
} from './acme-messages.ts'

export interface AcmeClientOptions {
  readonly http: AcmeHttp
  readonly directoryUrl: string
  /** An EC key on P-256: PKCS #8, PEM. */
  readonly accountKey: string
  /** Absent until it is registered. */
  readonly accountUrl?: string | undefined
}

/** Something read, and when the server would like to be asked again. */
export interface Read<T> {
  readonly value: T
  readonly retryInMs: number | undefined
}

export class AcmeClient {
  readonly #http: AcmeHttp
  readonly #directoryUrl: string
  readonly #key: KeyObject
  readonly #jwk: Readonly<Record<string, string>>
  #accountUrl: string | undefined
  #directory: Promise<AcmeDirectory> | undefined
  readonly #nonces: string[] = []

  constructor({ http, directoryUrl, accountKey, accountUrl }: AcmeClientOptions) {
    this.#http = http
    this.#directoryUrl = directoryUrl
    this.#key = createPrivateKey(accountKey)
    this.#jwk = publicJwk(accountKey)
    this.#accountUrl = accountUrl
  }

  /** Makes the account, or finds the one of the key. Resolves with its URL. */
  async register(contact: string | undefined): Promise<string> {
    this.#accountUrl = undefined
    const { newAccount } = await this.#theDirectory()
    const { headers } = await this.#post(newAccount, {
      termsOfServiceAgreed: true,
      ...(contact !== undefined && { contact: [`mailto:${contact}`] }),
    })
    this.#accountUrl = locationOf(headers)
    return this.#accountUrl
  }

  /** Resolves with the order's URL. */
  async newOrder(names: readonly string[]): Promise<string> {
    const { newOrder } = await this.#theDirectory()
    const identifiers = names.map((value) => ({ type: 'dns', value }))
    const { headers } = await this.#post(newOrder, { identifiers })
    return locationOf(headers)
  }

  order(url: string): Promise<Read<AcmeOrder>> {
    return this.#read(url)
  }

  authorization(url: string): Promise<Read<AcmeAuthorization>> {
    return this.#read(url)
  }

  /** The answer to the challenge is where the server will look. */
  async answer({ url }: Pick<AcmeChallenge, 'url'>): Promise<void> {
    await this.#post(url, {})
  }

  async finalize({ finalize }: AcmeOrder, signingRequest: Uint8Array): Promise<void> {
    await this.#post(finalize, { csr: base64url(signingRequest) })
  }

  /** The certificate and what vouches for it, PEM. */
  async download(url: string): Promise<string> {
    const { body } = await this.#post(url)
    return body
  }

  /** `reason`: a code of RFC 5280, 5.3.1. */
  async revoke(certificate: Uint8Array, reason: number): Promise<void> {
    const { revokeCert } = await this.#theDirectory()
    await this.#post(revokeCert, { certificate: base64url(certificate), reason })
  }

  /** https://www.rfc-editor.org/rfc/rfc8555#section-8.1 */
  keyAuthorization(token: string): string {
    const { crv = '', kty = '', x = '', y = '' } = this.#jwk
    const thumbprint = createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url')
    return `${token}.${thumbprint}`
  }

  async #read<T>(url: string): Promise<Read<T>> {
    const { body, headers } = await this.#post(url)
    return { value: JSON.parse(body) as T, retryInMs: retryAfterOf(headers) }
  }

  #theDirectory(): Promise<AcmeDirectory> {
    this.#directory ??= this.#getDirectory().catch((error: unknown) => {
      this.#directory = undefined
      throw error
    })
    return this.#directory
  }

  async #getDirectory(): Promise<AcmeDirectory> {
    const answer = await this.#http('GET', this.#directoryUrl)
    checkAnswer(answer, this.#directoryUrl)
    return JSON.parse(answer.body) as AcmeDirectory
  }

  /** Without a payload it is how things are read ("POST-as-GET"). A nonce that the server does not want any more is replaced. */
  async #post(url: string, payload?: object): Promise<AcmeAnswer> {
    for (let attempt = 1; ; attempt++) {
      const answer = await this.#http('POST', url, this.#signed(url, await this.#nonce(), payload))
      this.#keepNonce(answer)
      if (attempt < NONCE_ATTEMPTS && answer.status === 400 && answer.body.includes('acme:error:badNonce')) continue
      checkAnswer(answer, url)
      return answer
    }
  }

  async #nonce(): Promise<string> {
    const kept = this.#nonces.pop()
    if (kept !== undefined) return kept
    const { newNonce } = await this.#theDirectory()
    const answer = await this.#http('HEAD', newNonce)
    const nonce = answer.headers['replay-nonce']
    if (typeof nonce !== 'string') throw new Error(`${newNonce} gives no nonce.`)
    return nonce
  }

  #keepNonce({ headers }: AcmeAnswer): void {
    const nonce = headers['replay-nonce']
    if (typeof nonce === 'string' && this.#nonces.length < MOST_NONCES) this.#nonces.push(nonce)
  }

  #signed(url: string, nonce: string, payload: object | undefined): string {
    const who = this.#accountUrl === undefined ? { jwk: this.#jwk } : { kid: this.#accountUrl }
    const head = base64url(JSON.stringify({ alg: 'ES256', nonce, url, ...who }))
    const body = payload === undefined ? '' : base64url(JSON.stringify(payload))
    const signature = sign('sha256', Buffer.from(`${head}.${body}`), { key: this.#key, dsaEncoding: 'ieee-p1363' })
    return JSON.stringify({ protected: head, payload: body, signature: base64url(signature) })
  }
}

const NONCE_ATTEMPTS = 10
const MOST_NONCES = 16

const base64url = (content: string | Uint8Array): string => Buffer.from(content).toString('base64url')

const publicJwk = (pem: string): Readonly<Record<string, string>> =>
  createPublicKey(pem).export({ format: 'jwk' }) as Readonly<Record<string, string>>

const locationOf = ({ location }: AcmeAnswer['headers']): string => {
  if (location === undefined) throw new Error('The ACME server does not say where it put what it made.')
  return location
}

const retryAfterOf = ({ 'retry-after': after }: AcmeAnswer['headers']): number | undefined =>
  after !== undefined && /^\d+$/.test(after) ? Number(after) * 1000 : undefined

/** Throws `AcmeProblem` for a refusal, and another error for a server that is in no state to answer. */
const checkAnswer = ({ status, headers, body }: AcmeAnswer, url: string): void => {
  if (status < 300) return
  const isProblem = headers['content-type']?.startsWith('application/problem+json') === true
  if (!isProblem || status >= 500) throw new Error(`${url} answers with ${status}.`)
  throw new AcmeProblem(JSON.parse(body) as AcmeProblemDocument, { retryInMs: retryAfterOf(headers) })
}
