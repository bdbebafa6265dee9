/**
 * The two ways to find out who calls: by verified signature, or in `--dev` mode by believing everyone. What callers may do is decided
 * elsewhere.
 */
import { rootArn } from '../model/arn.ts'
import { anonymous, type Principal } from '../model/principal.ts'
import { checkOrigin } from './browser-origin.ts'
import { claimedScope } from './signature-parts.ts'
import { type Caller, type CredentialStore, type SignedRequest, SignatureVerifier } from './sigv4.ts'

export interface Authenticator {
  /** Who sent the request to the service that signs as `service`. Throws `SignatureError` if that is not certain. */
  identify(request: SignedRequest, service: string, now: number): Caller
  /** Nobody yet: of a call that needs no signature. */
  anonymous(): Caller
}

export interface Home {
  readonly account: string
  /** For requests that do not say theirs. */
  readonly region: string
}

/** Only who signs with a known key is someone. */
export const bySignature = (credentials: CredentialStore, home: Home): Authenticator => {
  const verifier = new SignatureVerifier(credentials)
  return {
    identify: (request, service, now) => verifier.verify(request, service, now),
    anonymous: () => anonymousAt(home),
  }
}

/** Whose key it is, if it comes with that session token. */
export type WhoIs = (accessKeyId: string, sessionToken: string | undefined) => Principal | undefined

/**
 * Whoever names a key is believed to have it; whoever names one that is nobody's is the root user of the account. The region is the one
 * that the request is signed for, if it is signed. Throws `AccessDenied` for the pages of other sites.
 */
export const byTrust = (home: Home, whoIs: WhoIs = () => undefined): Authenticator => {
  const { account, region } = home
  const root = { arn: rootArn(account), account, userId: account }
  return {
    identify: (request) => {
      checkOrigin(request.headers)
      const { accessKeyId = '', scope, sessionToken } = claimedScope(request) ?? {}
      const principal = whoIs(accessKeyId, sessionToken) ?? { ...root, accessKeyId }
      return { principal, region: scope?.region ?? region }
    },
    anonymous: () => anonymousAt(home),
  }
}

const anonymousAt = ({ account, region }: Home): Caller => ({ principal: anonymous(account), region })
