/** Elastic Container Registry as an agent uses it: it asks for the password that images are pulled with. */
import type { Clock } from '../kit/clock.ts'
import type { SigningCredentials } from '../model/signature-v4.ts'
import { ControlApiError } from './control-api-error.ts'
import { JsonCaller, type JsonCallerOptions, type RetryPolicy } from './json-caller.ts'
import { serviceSigner } from './signer.ts'

export interface EcrPassword {
  readonly username: string
  readonly password: string
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
}

export interface EcrApiOptions extends JsonCallerOptions {
  /** The agent's own. */
  readonly credentials: () => SigningCredentials
}

const TIMEOUT_MS = 10_000
const TARGET = 'AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken'

/** What may pass is tried again for half a minute, which a control plane takes to be started anew. */
const ASKING: RetryPolicy = {
  backoff: { minMs: 500, maxMs: 10_000, jitter: 0.2, multiplier: 2 },
  withinMs: 30_000,
  isRetried: ({ isTransient }) => isTransient,
}

export class EcrApi {
  readonly #options: EcrApiOptions
  readonly #caller: JsonCaller

  constructor(options: EcrApiOptions) {
    this.#options = options
    this.#caller = new JsonCaller(options)
  }

  /** With the agent's credentials unless given others. Rejects with `ControlApiError`. */
  async password(region: string, registryId: string, credentials?: SigningCredentials): Promise<EcrPassword> {
    const { clock, credentials: own } = this.#options
    const sign = serviceSigner({ clock, region, service: 'ecr', credentials: () => credentials ?? own() })
    const input = { registryIds: [registryId] }
    const output = await this.#caller.call({ target: TARGET, input, sign, retries: ASKING, timeoutMs: TIMEOUT_MS })
    return passwordOf(output, clock)
  }
}

/** Where the answer does not say how long it is good for, it is asked for again the next time. */
const passwordOf = ({ authorizationData }: Readonly<Record<string, unknown>>, clock: Clock): EcrPassword => {
  const [first] = Array.isArray(authorizationData) ? (authorizationData as readonly AuthorizationData[]) : []
  const text = Buffer.from(first?.authorizationToken ?? '', 'base64').toString()
  const colon = text.indexOf(':')
  if (first === undefined || colon < 1)
    throw new ControlApiError({ type: 'InvalidAnswer', message: 'GetAuthorizationToken answered no token.' })
  const expiresAt = first.expiresAt === undefined ? clock.now() : first.expiresAt * 1000
  return { username: text.slice(0, colon), password: text.slice(colon + 1), expiresAt }
}

interface AuthorizationData {
  readonly authorizationToken?: string
  /** Seconds since the epoch. */
  readonly expiresAt?: number
}
