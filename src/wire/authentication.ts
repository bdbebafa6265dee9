/** The two ways to find out who calls: by verified signature, or in `--dev` mode by taking everyone for the root user. */
import { claimedScope } from './signature-parts.ts'
import { type Caller, type CredentialStore, type SignedRequest, SignatureVerifier } from './sigv4.ts'

export interface Authenticator {
  /** Who sent the request to the service that signs as `service`. Throws `SignatureError` if that is not certain. */
  identify(request: SignedRequest, service: string, now: number): Caller
}

/** Only who signs with a known key is someone. */
export const bySignature = (credentials: CredentialStore): Authenticator => {
  const verifier = new SignatureVerifier(credentials)
  return { identify: (request, service, now) => verifier.verify(request, service, now) }
}

export interface Home {
  readonly account: string
  /** For requests that do not say theirs. */
  readonly region: string
}

/** Everyone is the root user of the account. The region is still the one that the request is signed for, if it is signed. */
export const byTrust = ({ account, region }: Home): Authenticator => {
  const root = { arn: `arn:aws:iam::${account}:root`, account, userId: account }
  return {
    identify: (request) => {
      const claimed = claimedScope(request)
      const principal = { ...root, accessKeyId: claimed?.accessKeyId ?? '' }
      return { principal, region: claimed?.scope.region ?? region }
    },
  }
}
