/** What the agent's ends need of SigV4. */
import type { Clock } from '../kit/clock.ts'
import { type KeyOf, scopeText, type SigningCredentials, signingKey, signRequest } from '../model/signature-v4.ts'

interface SignableRequest {
  readonly method: 'GET' | 'POST'
  /** `http:` or `https:`. */
  readonly url: string
  /** Headers that are to be signed; names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** Absent: the signature is of an empty body. */
  readonly body?: string
}

/** Gives all headers to send: those of the request, and `host`, date, authorization and session token. */
export type Signer = (request: SignableRequest) => Readonly<Record<string, string>>

export interface EcsSignerOptions {
  readonly clock: Clock
  readonly region: string
  /** Asked for each request, as temporary credentials change. */
  readonly credentials: () => SigningCredentials
}

/** A signer for the ECS API and the websockets of agents. */
export const ecsSigner = (options: EcsSignerOptions): Signer => serviceSigner({ ...options, service: 'ecs' })

/** A signer for the API of a service. */
export const serviceSigner = ({
  clock,
  region,
  service,
  credentials,
}: EcsSignerOptions & { readonly service: string }): Signer => {
  const keyOf = rememberingLast(signingKey)
  return ({ method, url, headers, body }) =>
    signRequest(
      {
        method,
        url: new URL(url),
        headers,
        ...(body === undefined ? {} : { body }),
        region,
        service,
        credentials: credentials(),
        now: clock.now(),
      },
      keyOf,
    )
}

/** A key is good for a day and a secret: the last one is nearly always the right one. */
const rememberingLast = (make: KeyOf): KeyOf => {
  let last: { readonly secretAccessKey: string; readonly scope: string; readonly key: ReturnType<KeyOf> } | undefined
  return (secretAccessKey, scope) => {
    const name = scopeText(scope)
    if (last?.secretAccessKey !== secretAccessKey || last.scope !== name) {
      last = { secretAccessKey, scope: name, key: make(secretAccessKey, scope) }
    }
    return last.key
  }
}
