/**
 * An OpenID Connect provider for tests that behaves: codes and refresh tokens are good once, clients prove themselves. In memory; `serveProvider`
 * puts it behind HTTPS, by an authority that this process trusts from then on.
 */
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { AuthenticateOidcActionConfig } from '@aws-sdk/client-elastic-load-balancing-v2'
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import { type Clock, SystemClock } from '../src/kit/clock.ts'
import { SystemIds } from '../src/kit/ids.ts'
import { trustCertificateText } from '../src/kit/trust.ts'
import type { ProviderAnswer, ProviderQuestion } from '../src/loadbalancer/oidc/ask.ts'
import { authorityFile, localCertificate } from '../src/roles/tls/local-authority.ts'

type PrivateKey = Awaited<ReturnType<typeof generateKeyPair>>['privateKey']

const CLIENT = { id: 'client:1', secret: 's3cr€t & more' }

export class OidcProvider {
  readonly issuer: string
  readonly #clock: Clock
  #privateKey: PrivateKey
  #jwk: JWK
  /** Of codes and refresh tokens that are good. */
  readonly #grants = new Map<string, { readonly nonce: string; readonly redirectUri: string }>()
  #count = 0
  /** Paths that were asked for. */
  readonly asked: string[] = []

  /** What comes instead of what is right. */
  claims: Record<string, unknown> = { sub: 'user-1', email: 'ada@example.com', name: 'Ada ÿ' }
  idTokenClaims: Record<string, unknown> = {}
  signingKey: PrivateKey | undefined
  accessToken: string | undefined
  tokenType = 'Bearer'
  expiresInSeconds: number | undefined = 300
  givesRefreshTokens = false
  givesIdTokens = true
  secretMethods: readonly string[] = ['client_secret_basic', 'client_secret_post']
  /** By path: an answer instead of the right one. */
  readonly instead = new Map<string, ProviderAnswer | (() => Promise<ProviderAnswer>)>()

  private constructor(issuer: string, clock: Clock, privateKey: PrivateKey, jwk: JWK) {
    this.issuer = issuer
    this.#clock = clock
    this.#privateKey = privateKey
    this.#jwk = jwk
  }

  static async create(clock: Clock, issuer = 'https://idp.test/tenant'): Promise<OidcProvider> {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
    return new OidcProvider(issuer, clock, privateKey, { ...(await exportJWK(publicKey)), kid: 'key-1', alg: 'ES256' })
  }

  /** Signs with another key from now on. */
  async rotate(): Promise<void> {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
    this.#privateKey = privateKey
    this.#jwk = { ...(await exportJWK(publicKey)), kid: 'key-2', alg: 'ES256' }
  }

  /** How a rule names it, as it is stored. */
  config(given: Partial<AuthenticateOidcActionConfig> = {}): AuthenticateOidcActionConfig {
    return {
      Issuer: this.issuer,
      AuthorizationEndpoint: `${this.issuer}/authorize?tenant=1`,
      TokenEndpoint: `${this.issuer}/token`,
      UserInfoEndpoint: `${this.issuer}/userinfo`,
      ClientId: CLIENT.id,
      ClientSecret: CLIENT.secret,
      SessionCookieName: 'AWSELBAuthSessionCookie',
      Scope: 'openid email',
      SessionTimeout: 3600,
      OnUnauthenticatedRequest: 'authenticate',
      ...given,
    }
  }

  /** The user agrees: where the browser is sent then. */
  agree(location: string): string {
    const { searchParams: asked } = new URL(location)
    const code = this.#grant(asked.get('nonce') ?? '', asked.get('redirect_uri') ?? '')
    return `${asked.get('redirect_uri')}?${new URLSearchParams({ code, state: asked.get('state') ?? '' }).toString()}`
  }

  readonly answer = async ({ url, headers = {}, body = '' }: ProviderQuestion): Promise<ProviderAnswer> => {
    const { pathname } = new URL(url)
    const name = pathname.slice(new URL(this.issuer).pathname.replace(/\/$/, '').length)
    this.asked.push(name)
    const instead = this.instead.get(name)
    if (instead !== undefined) return typeof instead === 'function' ? instead() : instead
    if (name === '/.well-known/openid-configuration') return json(this.#about())
    if (name === '/keys') return json({ keys: [this.#jwk] })
    if (name === '/token') return this.#tokens(headers, new URLSearchParams(body))
    if (name === '/userinfo')
      return headers['authorization'] === `Bearer ${this.#accessToken()}` ? json(this.claims) : json({}, 401)
    return json({}, 404)
  }

  #about(): object {
    const { issuer, secretMethods } = this
    return { issuer, jwks_uri: `${issuer}/keys`, token_endpoint_auth_methods_supported: secretMethods }
  }

  #accessToken(): string {
    return this.accessToken ?? `access|${this.#count}`
  }

  #grant(nonce: string, redirectUri: string): string {
    const token = `grant-${++this.#count}`
    this.#grants.set(token, { nonce, redirectUri })
    return token
  }

  async #tokens(headers: Readonly<Record<string, string>>, form: URLSearchParams): Promise<ProviderAnswer> {
    if (!this.#isClient(headers, form)) return json({ error: 'invalid_client' }, 401)
    const isRefresh = form.get('grant_type') === 'refresh_token'
    const token = form.get(isRefresh ? 'refresh_token' : 'code') ?? ''
    const grant = this.#grants.get(token)
    this.#grants.delete(token)
    if (grant === undefined || (!isRefresh && form.get('redirect_uri') !== grant.redirectUri))
      return json({ error: 'invalid_grant' }, 400)
    return json({
      token_type: this.tokenType,
      ...(this.givesRefreshTokens && { refresh_token: this.#grant(grant.nonce, grant.redirectUri) }),
      access_token: this.#accessToken(),
      ...(this.expiresInSeconds !== undefined && { expires_in: this.expiresInSeconds }),
      ...(this.givesIdTokens && { id_token: await this.#idToken(grant.nonce) }),
    })
  }

  #isClient(headers: Readonly<Record<string, string>>, form: URLSearchParams): boolean {
    const encoded = [CLIENT.id, CLIENT.secret].map((text) => encodeURIComponent(text).replaceAll('%20', '+'))
    const basic = `Basic ${Buffer.from(encoded.join(':')).toString('base64')}`
    if (this.secretMethods.includes('client_secret_basic') && headers['authorization'] === basic) return true
    return this.secretMethods.includes('client_secret_post') && form.get('client_secret') === CLIENT.secret
  }

  #idToken(nonce: string): Promise<string> {
    const now = Math.floor(this.#clock.now() / 1000)
    const claims = { iss: this.issuer, aud: CLIENT.id, sub: 'user-1', nonce, iat: now, exp: now + 300 }
    return new SignJWT({ ...claims, ...this.idTokenClaims })
      .setProtectedHeader({ alg: 'ES256', kid: this.#jwk.kid ?? '' })
      .sign(this.signingKey ?? this.#privateKey)
  }
}

const json = (value: object, status = 200): ProviderAnswer => ({ status, text: JSON.stringify(value) })

export interface ServedProvider {
  readonly provider: OidcProvider
  /** PEM. */
  readonly authority: string
  close(): Promise<void>
}

/** Of this machine alone, over HTTPS. */
export const serveProvider = async (): Promise<ServedProvider> => {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'longshore-oidc-'))
  const made = { dataDir, names: ['127.0.0.1'], clock: new SystemClock(), ids: new SystemIds() }
  const { key, cert } = await localCertificate(made)
  const authority = readFileSync(authorityFile(dataDir), 'utf8')
  trustCertificateText(authority)
  rmSync(dataDir, { recursive: true })
  const server = createServer({ key, cert }, (request, response) => {
    void (async () => {
      const { method, url = '', headers } = request
      let body = ''
      for await (const chunk of request) body += String(chunk)
      const given = headers as Readonly<Record<string, string>>
      const question = {
        method: method === 'POST' ? method : 'GET',
        url: `${origin}${url}`,
        headers: given,
        body,
      } as const
      const { status, text } = await provider.answer(question)
      response.writeHead(status, { 'content-type': 'application/json', location: `${origin}/elsewhere` }).end(text)
    })()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
  const provider = await OidcProvider.create(new SystemClock(), `${origin}/tenant`)
  const close = async (): Promise<void> => {
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  }
  return { provider, authority, close }
}
