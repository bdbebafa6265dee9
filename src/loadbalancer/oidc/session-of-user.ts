/** Sessions of users: begun when they are logged in, renewed when their access tokens end. */
import type { ClaimsKey } from '../../model/load-balancing/claims-key.ts'
import { claimsToken } from './claims-token.ts'
import { AuthenticationFailure } from './failure.ts'
import type { OidcRule } from './oidc-rules.ts'
import type { User } from './provider.ts'
import { sealSession } from './session-cookie.ts'

/**
 * AWS: with a refresh token, a session is renewed whenever the access token ends, until `SessionTimeout`; without one, it lasts as long as
 * `SessionTimeout` says.
 */
export const sealedSession = (
  { config, realm, loadBalancerArn }: OidcRule,
  user: User,
  key: ClaimsKey,
  { nowSeconds, endsAt }: { readonly nowSeconds: number; readonly endsAt: number },
): readonly string[] => {
  const { refreshToken, expiresInSeconds } = user
  const lasts = refreshToken === undefined ? undefined : expiresInSeconds
  const expiresAt = lasts === undefined ? endsAt : Math.min(endsAt, nowSeconds + lasts)
  const claims = claimsToken(key, {
    claims: user.claims,
    issuer: config.Issuer ?? '',
    clientId: config.ClientId ?? '',
    signer: loadBalancerArn,
    expiresAt,
  })
  const session = { expiresAt, endsAt, claims, identity: user.subject, accessToken: user.accessToken }
  const shards = sealSession(realm, { session, renewal: refreshToken === undefined ? undefined : { refreshToken } })
  // AWS: 500, when claims and access token are too large.
  if (shards === undefined)
    throw new AuthenticationFailure(500, 'AuthUserinfoResponseSizeExceeded', 'The tokens and claims are too large.')
  return shards
}
