/**
 * Within which a user is logged in: a load balancer and what its rules say of the provider. Rules that say the same share their sessions; a
 * session of one realm is worth nothing in another, because each has keys of its own.
 */
import type { AuthenticateOidcActionConfig } from '@aws-sdk/client-elastic-load-balancing-v2'
import { hash, hkdfSync } from 'node:crypto'

export interface Realm {
  /** Names it in addresses; tells nothing. */
  readonly realmId: string
  /** HAProxy opens session cookies with it. */
  readonly sessionKey: Buffer
  /** What only the authenticator opens. */
  readonly privateKey: Buffer
}

const KEY_BYTES = 32
const ID_BYTES = 12

/** `cookieKey` is not empty: whoever knows it can log in as anybody. */
export const realmOf = (cookieKey: string, loadBalancerArn: string, config: AuthenticateOidcActionConfig): Realm => {
  const about = hash('sha256', realmName(loadBalancerArn, config), 'buffer')
  const derived = (purpose: string): Buffer =>
    Buffer.from(hkdfSync('sha256', cookieKey, about, `longshore oidc ${purpose}`, KEY_BYTES))
  return {
    realmId: derived('realm').subarray(0, ID_BYTES).toString('base64url'),
    sessionKey: derived('session'),
    privateKey: derived('private'),
  }
}

/** Everything that decides who is let in and for how long; neither the secret, nor what becomes of those who are not logged in. */
const realmName = (loadBalancerArn: string, config: AuthenticateOidcActionConfig): string =>
  JSON.stringify([
    loadBalancerArn,
    config.Issuer,
    config.AuthorizationEndpoint,
    config.TokenEndpoint,
    config.UserInfoEndpoint,
    config.ClientId,
    config.Scope,
    config.SessionCookieName,
    config.SessionTimeout,
    Object.entries(config.AuthenticationRequestExtraParams ?? {}).toSorted(([one], [other]) => (one < other ? -1 : 1)),
  ])
