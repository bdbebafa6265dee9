/**
 * ID tokens, validated as OpenID Connect Core 1.0, 3.1.3.7 has it. A provider that publishes no keys is believed because the token came from its
 * token endpoint itself, over TLS (the section's point 6).
 */
import type { AuthenticateOidcActionConfig } from '@aws-sdk/client-elastic-load-balancing-v2'
import { createLocalJWKSet, decodeJwt, errors, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose'
import type { Clock } from '../../kit/clock.ts'
import { dateOf } from '../../kit/timestamps.ts'
import { AuthenticationFailure } from './failure.ts'
import type { ProviderKeys } from './provider-keys.ts'

const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']
const SKEW_SECONDS = 60
/** RFC 6749, OpenID Connect Core 1.0, 2: visible characters, 255 of them. */
const SUBJECT = /^[\x20-\x7e]{1,255}$/

export interface IdTokenCheck {
  readonly config: AuthenticateOidcActionConfig
  readonly keys: ProviderKeys
  readonly clock: Clock
  /** What was asked for it with; undefined for one that came with a renewal, which need not have it. */
  readonly nonce: string | undefined
}

/** Who it is about. Rejects with `AuthenticationFailure` and `ProviderUnreachable`. */
export const subjectOf = async (token: string, check: IdTokenCheck): Promise<string> => {
  const { config, clock, nonce } = check
  const claims = await verifiedClaims(token, check)
  const now = Math.floor(clock.now() / 1000)
  const { iss, aud, azp, sub = '', exp } = claims
  const audiences = [aud].flat()
  const isRight =
    iss === config.Issuer &&
    audiences.includes(config.ClientId) &&
    (azp === undefined ? audiences.length === 1 : azp === config.ClientId) &&
    typeof exp === 'number' &&
    exp > now - SKEW_SECONDS &&
    SUBJECT.test(sub) &&
    (nonce === undefined || claims['nonce'] === nonce)
  if (!isRight) throw invalid('Claims of the ID token are not those that were asked for.')
  return sub
}

const invalid = (message: string, cause?: unknown): AuthenticationFailure =>
  new AuthenticationFailure(401, 'AuthInvalidIdToken', message, cause)

const verifiedClaims = async (token: string, { config, keys, clock }: IdTokenCheck): Promise<JWTPayload> => {
  const issuer = config.Issuer ?? ''
  try {
    const { keys: known } = await keys.of(issuer)
    if (known === undefined) return decodeJwt(token)
    try {
      return await verified(token, known, clock)
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error
      return await verified(token, (await keys.of(issuer, { isNewer: true })).keys ?? known, clock)
    }
  } catch (error) {
    if (error instanceof errors.JOSEError) throw invalid('The ID token cannot be verified.', error)
    throw error
  }
}

const verified = async (token: string, keys: JSONWebKeySet, clock: Clock): Promise<JWTPayload> => {
  const { payload } = await jwtVerify(token, createLocalJWKSet(keys), {
    algorithms: ALGORITHMS,
    currentDate: dateOf(clock.now()),
    clockTolerance: SKEW_SECONDS,
  })
  return payload
}
