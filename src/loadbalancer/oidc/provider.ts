/** What is asked of an identity provider: tokens for a code or for a refresh token, and the user's claims. */
import type { AuthenticateOidcActionConfig } from '@aws-sdk/client-elastic-load-balancing-v2'
import type { Clock } from '../../kit/clock.ts'
import { type AskProvider, type ProviderAnswer, ProviderUnreachable } from './ask.ts'
import { AuthenticationFailure, type FailureReason } from './failure.ts'
import { subjectOf } from './id-token.ts'
import { objectOf, ProviderKeys } from './provider-keys.ts'

export interface User {
  readonly subject: string
  readonly claims: Readonly<Record<string, unknown>>
  readonly accessToken: string
  readonly refreshToken: string | undefined
  /** Seconds that the access token is good for, if the provider says so. */
  readonly expiresInSeconds: number | undefined
}

interface Tokens extends Pick<User, 'accessToken' | 'refreshToken' | 'expiresInSeconds'> {
  readonly idToken: string | undefined
}

type Config = AuthenticateOidcActionConfig

/** RFC 6749, A.12; without spaces, which no header would keep at its ends. */
const TOKEN = /^[\x21-\x7e]+$/

export class Provider {
  readonly #ask: AskProvider
  readonly #clock: Clock
  readonly #keys: ProviderKeys

  constructor(ask: AskProvider, clock: Clock) {
    this.#ask = ask
    this.#clock = clock
    this.#keys = new ProviderKeys(ask, clock)
  }

  keep(issuers: ReadonlySet<string>): void {
    this.#keys.keep(issuers)
  }

  /** Who brought the code back. Rejects with `AuthenticationFailure`. */
  async userOf(config: Config, code: string, redirectUri: string, nonce: string): Promise<User> {
    const tokens = await this.#tokens(config, { grant_type: 'authorization_code', code, redirect_uri: redirectUri })
    // AWS: "the requested scope doesn't return an ID token" is answered with 401.
    if (tokens.idToken === undefined) throw noIdToken()
    return this.#user(config, tokens, await this.#subject(config, tokens.idToken, nonce))
  }

  /** The same user, renewed. Rejects with `AuthenticationFailure`. */
  async renewed(config: Config, refreshToken: string, subject: string): Promise<User> {
    const tokens = await this.#tokens(config, { grant_type: 'refresh_token', refresh_token: refreshToken })
    if (tokens.idToken !== undefined && (await this.#subject(config, tokens.idToken, undefined)) !== subject)
      throw new AuthenticationFailure(401, 'AuthInvalidIdToken', 'The ID token is about another user than before.')
    return this.#user(config, { ...tokens, refreshToken: tokens.refreshToken ?? refreshToken }, subject)
  }

  async #subject(config: Config, idToken: string, nonce: string | undefined): Promise<string> {
    return this.#reached('AuthTokenEp', () =>
      subjectOf(idToken, { config, keys: this.#keys, clock: this.#clock, nonce }),
    )
  }

  async #tokens(config: Config, parameters: Readonly<Record<string, string>>): Promise<Tokens> {
    const { ClientId: clientId = '', ClientSecret: secret = '', TokenEndpoint: url = '' } = config
    const answer = await this.#reached('AuthTokenEp', async () => {
      const { wantsSecretInBody } = await this.#keys.of(config.Issuer ?? '')
      const proof = wantsSecretInBody ? { client_id: clientId, client_secret: secret } : { client_id: clientId }
      const headers = {
        'content-type': 'application/x-www-form-urlencoded',
        ...(!wantsSecretInBody && { authorization: basic(clientId, secret) }),
      }
      const body = new URLSearchParams({ ...parameters, ...proof }).toString()
      return this.#ask({ method: 'POST', url, headers, body })
    })
    if (answer.status !== 200) throw refusedBy(answer, 401, 'AuthTokenEpRequestFailed', 'The token endpoint')
    return tokensIn(answer)
  }

  async #user(config: Config, tokens: Tokens, subject: string): Promise<User> {
    const { UserInfoEndpoint: url = '' } = config
    const { accessToken, refreshToken, expiresInSeconds } = tokens
    const headers = { authorization: `Bearer ${accessToken}` }
    const answer = await this.#reached('AuthUserinfoEp', () => this.#ask({ method: 'GET', url, headers }))
    if (answer.status !== 200) throw refusedBy(answer, 561, 'AuthUserinfoEpRequestFailed', 'The user info endpoint')
    const claims = objectOf(answer.text)
    // OpenID Connect Core 1.0, 5.3.2: claims of another user could have been put in the place of the right ones.
    if (claims?.['sub'] !== subject)
      throw new AuthenticationFailure(401, 'AuthInvalidUserinfoResponse', 'The claims are not those of the user.')
    return { subject, claims, accessToken, refreshToken, expiresInSeconds }
  }

  /** AWS: a provider that does not answer is answered for with 500. */
  async #reached<Value>(endpoint: 'AuthTokenEp' | 'AuthUserinfoEp', ask: () => Promise<Value>): Promise<Value> {
    try {
      return await ask()
    } catch (error) {
      if (!(error instanceof ProviderUnreachable)) throw error
      const reason = `${endpoint}Request${error.isLate ? 'Timeout' : 'Failed'}` as const
      throw new AuthenticationFailure(500, reason, `The identity provider: ${error.message}`, error.cause)
    }
  }
}

/** RFC 6749, 2.3.1. */
const basic = (clientId: string, secret: string): string =>
  `Basic ${Buffer.from(`${formEncoded(clientId)}:${formEncoded(secret)}`).toString('base64')}`

const formEncoded = (text: string): string => new URLSearchParams({ '': text }).toString().slice(1)

const noIdToken = (): AuthenticationFailure =>
  new AuthenticationFailure(401, 'AuthInvalidTokenResponse', 'The token endpoint gave no ID token.')

/** AWS: 401 for a code, client or secret that the token endpoint refuses, 561 for other errors of the provider, 500 if it is not well. */
const refusedBy = (
  { status, text }: ProviderAnswer,
  refusal: 401 | 561,
  reason: FailureReason,
  who: string,
): AuthenticationFailure => {
  const isRefusal = status >= 400 && status < 500
  const isGrant = objectOf(text)?.['error'] === 'invalid_grant'
  return new AuthenticationFailure(
    isRefusal ? refusal : 500,
    isGrant ? 'AuthInvalidGrantError' : reason,
    `${who} answered with ${status}.`,
  )
}

const tokensIn = ({ text }: ProviderAnswer): Tokens => {
  const answer = objectOf(text) ?? {}
  const { access_token: accessToken, token_type: type, id_token: idToken, refresh_token: refreshToken } = answer
  const isRight =
    typeof accessToken === 'string' &&
    TOKEN.test(accessToken) &&
    (type === undefined || (typeof type === 'string' && type.toLowerCase() === 'bearer'))
  if (!isRight) throw new AuthenticationFailure(401, 'AuthInvalidTokenResponse', 'The answer has no access token.')
  const seconds = Number(answer['expires_in'])
  return {
    accessToken,
    idToken: typeof idToken === 'string' ? idToken : undefined,
    refreshToken: typeof refreshToken === 'string' && refreshToken !== '' ? refreshToken : undefined,
    expiresInSeconds: seconds > 0 ? Math.floor(seconds) : undefined,
  }
}
