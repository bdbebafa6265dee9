/**
 * ID tokens of registered OpenID Connect providers, verified: signature, issuer, audience and time.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
 */
import { createLocalJWKSet, decodeJwt, errors, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose'
import { dateOf } from '../../../kit/timestamps.ts'
import { oidcProviderArn } from '../../../model/arn.ts'
import type { OidcProviderRecord } from '../../../model/iam-records.ts'
import { IDENTITY_TOKEN_SKEW_SECONDS } from '../../../model/limits.ts'
import type { ReadTables } from '../../../store/tables.ts'
import { expiredIdentityToken, invalidIdentityToken } from '../faults.ts'
import { isFetchable } from './fetch-json.ts'
import type { IdentityProviders, Issuer } from './identity-providers.ts'

export interface WebIdentity {
  readonly provider: OidcProviderRecord
  readonly subject: string
  /** The client that the token is for: its authorized party if it names one. */
  readonly audience: string
  readonly claims: JWTPayload
}

export interface TokenCheck {
  readonly tables: Pick<ReadTables, 'oidcProviders'>
  readonly providers: IdentityProviders
  /** Whose providers count. */
  readonly account: string
  readonly now: number
}

/** Who the token is about. Throws STS's fault for what is wrong with it. */
export const verifyIdentityToken = async (token: string, check: TokenCheck): Promise<WebIdentity> => {
  const url = issuerIn(token)
  const provider = check.tables.oidcProviders.get(oidcProviderArn(check.account, withoutScheme(url)))
  if (provider === undefined || !isIssuerUrl(url))
    throw invalidIdentityToken(`No OpenIDConnect provider found in your account for ${url}`)
  const claims = await verifiedClaims(token, { url, thumbprints: provider.thumbprints }, check)
  const audience = audiencesIn(claims).find((each) => provider.clientIds.includes(each))
  if (audience === undefined) throw invalidIdentityToken('Incorrect token audience')
  return { provider, subject: claims.sub ?? '', audience, claims }
}

/** AWS: the authorized party goes before the audience. */
export const audiencesIn = ({ azp, aud = [] }: JWTPayload): readonly string[] =>
  typeof azp === 'string' ? [azp] : [aud].flat()

const NOT_A_TOKEN = 'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)'
// AWS: with two blanks.
const NO_KEY =
  "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements"

const issuerIn = (token: string): string => {
  try {
    const { iss: url } = decodeJwt(token)
    if (typeof url === 'string') return url
  } catch (error) {
    if (!(error instanceof errors.JOSEError)) throw error
    throw invalidIdentityToken(NOT_A_TOKEN)
  }
  throw invalidIdentityToken('Missing a required claim: iss')
}

const withoutScheme = (url: string): string => url.replace(/^https?:\/\//, '').replace(/\/$/, '')

const isIssuerUrl = (url: string): boolean => /^https?:\/\//.test(url) && URL.canParse(url) && isFetchable(new URL(url))

const verifiedClaims = async (token: string, issuer: Issuer, { providers, now }: TokenCheck): Promise<JWTPayload> => {
  try {
    try {
      return await verify(token, await providers.keys(issuer), now)
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error
      return await verify(token, await providers.newKeys(issuer), now)
    }
  } catch (error) {
    throw error instanceof errors.JOSEError ? refusal(error, now) : error
  }
}

/** Source: `WebIdentityToken`, "signed using either RSA keys (RS256, RS384, or RS512) or ECDSA keys (ES256, ES384, or ES512)". */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512']

const verify = async (token: string, keys: JSONWebKeySet, now: number): Promise<JWTPayload> => {
  const { payload } = await jwtVerify(token, createLocalJWKSet(keys), {
    algorithms: ALGORITHMS,
    requiredClaims: ['iss', 'sub', 'aud', 'exp'],
    currentDate: dateOf(now),
    clockTolerance: IDENTITY_TOKEN_SKEW_SECONDS,
  })
  // A clock that is ahead may have signed it a little too early for us, but what has ended has ended.
  if ((payload.exp ?? 0) * 1000 <= now) throw new errors.JWTExpired('expired', payload)
  return payload
}

const refusal = (error: errors.JOSEError, now: number): Error => {
  if (error instanceof errors.JWTExpired) {
    const [current, expiry] = [Math.floor(now / 1000), error.payload.exp]
    return expiredIdentityToken(
      `Token expired: current date/time ${current} must be before the expiration date/time ${expiry}`,
    )
  }
  if (error instanceof errors.JWTClaimValidationFailed)
    return invalidIdentityToken(
      error.reason === 'missing' ? `Missing a required claim: ${error.claim}` : `The claim ${error.claim} is not valid`,
    )
  if (error instanceof errors.JWSSignatureVerificationFailed)
    return invalidIdentityToken('The signature of the ID Token is not valid')
  return invalidIdentityToken(error.code.startsWith('ERR_JWKS') ? NO_KEY : NOT_A_TOKEN)
}
