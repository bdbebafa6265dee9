/**
 * Credentials of the machine's role, asked for with the machine's own key and renewed at half their life. The control plane may be away for
 * the other half, and whenever it is back they are had anew: only the key lasts.
 */
import { createPrivateKey, sign } from 'node:crypto'
import type { JsonCaller, RetryPolicy } from '../../agentlink/json-caller.ts'
import type { Signer } from '../../agentlink/signer.ts'
import { Backoff } from '../../kit/backoff.ts'
import type { Clock } from '../../kit/clock.ts'
import type { Ids } from '../../kit/ids.ts'
import type { Log } from '../../kit/log.ts'
import { signRequestBy, type SigningCredentials } from '../../model/signature-v4.ts'
import type { MachineIdentity } from './identity-file.ts'

export interface ManagedCredentialsOptions {
  readonly identity: MachineIdentity
  readonly caller: JsonCaller
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
}

const CALL_TIMEOUT_MS = 30_000
const RETRY = { minMs: 1000, maxMs: 60_000, jitter: 0.2, multiplier: 2 }
const NO_RETRIES = { backoff: RETRY, withinMs: 0, isRetried: () => false }
/** A machine that comes up before its control plane waits for it. */
const PATIENT = {
  backoff: RETRY,
  withinMs: Number.POSITIVE_INFINITY,
  isRetried: ({ isTransient }: { readonly isTransient: boolean }) => isTransient,
}

interface RoleToken {
  readonly AccessKeyId: string
  readonly SecretAccessKey: string
  readonly SessionToken: string
  /** Seconds since the epoch. */
  readonly TokenExpirationDate: number
}

export class ManagedCredentials {
  readonly #options: ManagedCredentialsOptions
  readonly #sign: Signer
  readonly #backoff: Backoff
  #current: SigningCredentials | undefined

  constructor(options: ManagedCredentialsOptions) {
    this.#options = options
    this.#sign = signerOf(options)
    this.#backoff = new Backoff(RETRY, options.ids)
  }

  /** Gets the first ones, however long nobody answers. Rejects with `ControlApiError` if the machine is refused. */
  async start(): Promise<void> {
    await this.#renew(PATIENT)
  }

  /** After `start`. They may have expired if the control plane was away for long. */
  current(): SigningCredentials {
    return this.#current ?? { accessKeyId: '', secretAccessKey: '' }
  }

  async #renew(retries: RetryPolicy): Promise<void> {
    const { caller, identity, clock } = this.#options
    const token = (await caller.call({
      target: 'AmazonSSM.RequestManagedInstanceRoleToken',
      input: { Fingerprint: identity.fingerprint },
      sign: this.#sign,
      retries,
      timeoutMs: CALL_TIMEOUT_MS,
    })) as unknown as RoleToken
    const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, SessionToken: sessionToken } = token
    this.#current = { accessKeyId, secretAccessKey, sessionToken }
    this.#backoff.reset()
    this.#renewIn(Math.max(RETRY.minMs, (token.TokenExpirationDate * 1000 - clock.now()) / 2))
  }

  #renewIn(delayMs: number): void {
    this.#options.clock.setTimer(delayMs, () => {
      this.#renew(NO_RETRIES).catch((error: unknown) => {
        const retryInMs = this.#backoff.next()
        this.#options.log.warn('the credentials of this machine could not be renewed', { retryInMs, error })
        this.#renewIn(retryInMs)
      })
    })
  }
}

/** Signature Version 4 with an RSA signature in the place of the keyed hash, as Systems Manager's agent signs. */
const signerOf = ({ identity, clock }: ManagedCredentialsOptions): Signer => {
  const key = createPrivateKey(identity.privateKey)
  const credentials = { accessKeyId: identity.instanceId }
  return ({ method, url, headers, body }) =>
    signRequestBy(
      {
        method,
        url: new URL(url),
        headers,
        ...(body === undefined ? {} : { body }),
        region: identity.region,
        service: 'ssm',
        credentials,
        now: clock.now(),
      },
      (text) => sign('RSA-SHA256', Buffer.from(text), key).toString('base64'),
    )
}
