/**
 * Logging users in: what is answered to requests that HAProxy could not let pass, and to users who come back from their identity provider.
 * Nothing is kept here: what has to be remembered is with the client, sealed.
 *
 * AWS: "Authenticate users using an Application Load Balancer" in the user guide of Application Load Balancers.
 */
import { createHmac, randomBytes } from 'node:crypto'
import type { Clock } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'
import { type ClaimsKey, claimsKey } from '../../model/load-balancing/claims-key.ts'
import type { RoutingTable } from '../../model/load-balancing/routing.ts'
import { CALLBACK_PATH } from '../configuration/oidc.ts'
import type { AskProvider } from './ask.ts'
import { AuthenticationFailure, type FailureReason } from './failure.ts'
import { BROWSER_COOKIE, IS_BROWSER, type LoginState, openState, realmIdIn, sealState } from './login-state.ts'
import { type OidcRule, OidcRules } from './oidc-rules.ts'
import { Provider } from './provider.ts'
import { Renewals } from './renewals.ts'
import { browserCookie, parseCookies, removedCookies, sessionCookies, sessionTextIn } from './request-cookies.ts'
import { openSession, type SessionCookie } from './session-cookie.ts'
import { sealedSession } from './session-of-user.ts'

/** AWS: the login timeout, 15 minutes. */
const LOGIN_SECONDS = 900
/** Of what is longer, the path alone is gone back to; providers take addresses of limited length. */
const LONGEST_URL = 2048

export interface LoginRequest {
  /** HAProxy's name of the listener. */
  readonly listener: string
  /** HAProxy's name of the rule; undefined for the callback. */
  readonly rule: string | undefined
  /** As the client said it; empty if it did not. */
  readonly host: string
  /** Path and query string. */
  readonly url: string
  readonly cookies: string
}

export interface LoginAnswer {
  readonly status: number
  readonly location?: string
  readonly cookies?: readonly string[]
  readonly reason?: FailureReason
}

interface Asked extends OidcRule {
  readonly host: string
  readonly url: string
  readonly cookies: ReadonlyMap<string, string>
}

export interface LoginOptions {
  readonly clock: Clock
  readonly log: Log
  readonly ask: AskProvider
}

export class Login {
  readonly #options: LoginOptions
  readonly #provider: Provider
  readonly #renewals: Renewals<readonly string[]>
  #rules = new OidcRules({ loadBalancers: new Map() }, '')
  #key: ClaimsKey | undefined

  constructor(options: LoginOptions) {
    this.#options = options
    this.#provider = new Provider(options.ask, options.clock)
    this.#renewals = new Renewals(options.clock)
  }

  serve(table: RoutingTable, cookieKey: string): void {
    this.#rules = new OidcRules(table, cookieKey)
    this.#key = claimsKey(cookieKey)
    this.#provider.keep(this.#rules.issuers)
  }

  async answer(request: LoginRequest): Promise<LoginAnswer> {
    try {
      const host = hostOf(request)
      return request.rule === undefined ? await this.#onCallback(request, host) : await this.#onRequest(request, host)
    } catch (error) {
      if (!(error instanceof AuthenticationFailure)) throw error
      this.#tell(error, request)
      return { status: error.status, reason: error.reason }
    }
  }

  /** A provider that fails is the operator's business; what clients do wrong, they could do without end. */
  #tell({ status, reason, message, cause }: AuthenticationFailure, { listener }: LoginRequest): void {
    const { log } = this.#options
    const about = { listener, status, reason, cause: message, ...(cause !== undefined && { error: cause }) }
    if (status === 401 && reason !== 'AuthTokenEpRequestFailed') log.debug('a user is not logged in', about)
    else log.warn('an identity provider logs nobody in', about)
  }

  /** A request without a session, or with one that is over. */
  async #onRequest({ rule: name = '', url, cookies: header }: LoginRequest, host: string): Promise<LoginAnswer> {
    const rule = this.#rules.getByName(name)
    if (rule === undefined) return { status: 503 }
    const asked = { ...rule, host, url: pathOf(url), cookies: parseCookies(header) }
    return (await this.#renewed(asked)) ?? this.#unauthenticated(asked)
  }

  #unauthenticated(asked: Asked): LoginAnswer {
    const { config, cookies } = asked
    const removed = removedCookies(cookies, config.SessionCookieName ?? '')
    switch (config.OnUnauthenticatedRequest) {
      case 'deny':
        return { status: 401, cookies: removed }
      case 'allow':
        // It passes without the session.
        return { status: 307, location: locationOf(asked), cookies: removed }
      default:
        return this.#toProvider(asked, removed)
    }
  }

  #toProvider({ config, realm, host, url, cookies }: Asked, removed: readonly string[]): LoginAnswer {
    const known = cookies.get(BROWSER_COOKIE) ?? ''
    const browser = IS_BROWSER.test(known) ? known : randomBytes(32).toString('base64url')
    const nonce = createHmac('sha256', browser).update(randomBytes(32)).digest('base64url')
    const state: LoginState = { host, url: shortened(url), nonce, until: this.#nowSeconds() + LOGIN_SECONDS }
    const location = new URL(config.AuthorizationEndpoint ?? '')
    const parameters = {
      ...config.AuthenticationRequestExtraParams,
      client_id: config.ClientId ?? '',
      redirect_uri: redirectUri(host),
      response_type: 'code',
      scope: config.Scope ?? 'openid',
      state: sealState(realm, state, browser),
      nonce,
    }
    for (const [name, value] of Object.entries(parameters)) location.searchParams.set(name, value)
    return {
      status: 302,
      location: location.href,
      cookies: [...removed, ...(browser === known ? [] : [browserCookie(BROWSER_COOKIE, browser)])],
    }
  }

  /** Undefined: there is nothing to renew, or the provider does not want to. */
  async #renewed(asked: Asked): Promise<LoginAnswer | undefined> {
    const { config, realm, cookies } = asked
    const name = config.SessionCookieName ?? ''
    const text = sessionTextIn(cookies, name)
    const cookie = openSession(realm, text)
    if (cookie?.renewal === undefined || cookie.session.endsAt <= this.#nowSeconds()) return undefined
    try {
      const shards = await this.#renewals.once(text, () => this.#renew(asked, cookie))
      // The method stays, and the body is sent again.
      return { status: 307, location: locationOf(asked), cookies: sessionCookies(name, shards, this.#options.clock) }
    } catch (error) {
      if (error instanceof AuthenticationFailure && error.status !== 500) return undefined
      throw error
    }
  }

  async #renew(rule: OidcRule, { session, renewal }: SessionCookie): Promise<readonly string[]> {
    const user = await this.#provider.renewed(rule.config, renewal?.refreshToken ?? '', session.identity)
    return this.#sealed(rule, user, session.endsAt)
  }

  async #onCallback({ listener, url, cookies: header }: LoginRequest, host: string): Promise<LoginAnswer> {
    const parameters = new URLSearchParams(url.split('?')[1] ?? '')
    const cookies = parseCookies(header)
    const { rule, state } = this.#stateOf(parameters.get('state'), listener, host, cookies.get(BROWSER_COOKIE) ?? '')
    const error = parameters.get('error')
    if (error !== null) throw refusedByProvider(error)
    const code = parameters.get('code') ?? ''
    if (code === '') throw new AuthenticationFailure(401, 'AuthMissingCodeParam', 'The provider gave no code.')
    const user = await this.#provider.userOf(rule.config, code, redirectUri(host), state.nonce)
    const shards = this.#sealed(rule, user, this.#nowSeconds() + (rule.config.SessionTimeout ?? 0))
    return {
      status: 302,
      location: locationOf(state),
      cookies: sessionCookies(rule.config.SessionCookieName ?? '', shards, this.#options.clock),
    }
  }

  #stateOf(text: string | null, listener: string, host: string, browser: string) {
    if (text === null || text === '')
      throw new AuthenticationFailure(401, 'AuthMissingStateParam', 'There is no state.')
    const rule = this.#rules.getByRealm(realmIdIn(text), listener)
    const state = rule && openState(rule.realm, text, browser)
    if (rule === undefined || state === undefined || state.host !== host)
      throw new AuthenticationFailure(401, 'AuthInvalidStateParam', 'The state is not of this client.')
    if (state.until <= this.#nowSeconds())
      throw new AuthenticationFailure(401, 'AuthInvalidStateParam', 'The login took too long.')
    return { rule, state }
  }

  #sealed(rule: OidcRule, user: Parameters<typeof sealedSession>[1], endsAt: number): readonly string[] {
    if (this.#key === undefined) throw new Error('rules come with a key')
    return sealedSession(rule, user, this.#key, { nowSeconds: this.#nowSeconds(), endsAt })
  }

  #nowSeconds(): number {
    return Math.floor(this.#options.clock.now() / 1000)
  }
}

const HOST = /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/

// AWS: 401, "the load balancer was unable to generate a redirect URL".
const hostOf = ({ host }: LoginRequest): string => {
  if (HOST.test(host)) return host.toLowerCase()
  throw new AuthenticationFailure(401, 'AuthMissingHostHeader', 'The request has no host that could be come back to.')
}

/** Visible characters alone stand in a header. */
const pathOf = (url: string): string => (/^\/[\x21-\x7e]*$/.test(url) ? url : '/')

const shortened = (url: string): string => {
  if (url.length <= LONGEST_URL) return url
  const [path = '/'] = url.split('?')
  return path.length <= LONGEST_URL ? path : '/'
}

const redirectUri = (host: string): string => `https://${host}${CALLBACK_PATH}`

/** With the host, so that a path with two slashes leads nowhere else. */
const locationOf = ({ host, url }: Pick<Asked, 'host' | 'url'>): string => `https://${host}${url}`

// AWS: 401 if "the IdP denied access", 561 if it "returned an error code".
const refusedByProvider = (error: string): AuthenticationFailure =>
  error === 'access_denied'
    ? new AuthenticationFailure(401, 'AuthInvalidGrantError', 'The provider denies access.')
    : new AuthenticationFailure(561, 'AuthInvalidGrantError', 'The provider answers with an error.')
