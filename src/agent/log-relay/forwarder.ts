/**
 * Carries calls to the control plane, signed with the present credentials of whoever the task's logs are written for: its execution role, or
 * the container instance. It has unlimited patience: what may pass is tried again until the task is gone. A call keeps its name at every
 * try, so that the control plane, which may have done what it could not answer any more, does it once.
 */
import type { HttpAnswer, HttpTransport } from '../../agentlink/http-transport.ts'
import { Backoff } from '../../kit/backoff.ts'
import type { Clock } from '../../kit/clock.ts'
import type { Ids } from '../../kit/ids.ts'
import type { Log } from '../../kit/log.ts'
import { signRequest, type SigningCredentials } from '../../model/signature-v4.ts'
import { refusal, type RelayAnswer, type RelayedCall } from './relayed-call.ts'

export interface ForwarderOptions {
  /** Of the control plane. */
  readonly endpoint: string
  readonly transport: HttpTransport<Uint8Array>
  readonly userAgent: string
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
}

/** As whom to write: `gone` if the task is, undefined while its credentials are on their way. */
export type CredentialsOf = () => SigningCredentials | 'gone' | undefined

const RETRY = { minMs: 50, maxMs: 5000, jitter: 0.2, multiplier: 2 }
const TIMEOUT_MS = 60_000

/** Refusals of what is right: the same call may be taken later, signed anew. */
const PASSING =
  /\b(Throttling|ThrottlingException|LimitExceededException|ExpiredToken|ExpiredTokenException|OperationAbortedException)\b/

const GONE = refusal(
  400,
  'InvalidOperationException',
  'The task of these log events is not on this container instance.',
)

export class Forwarder {
  readonly #options: ForwarderOptions
  readonly #url: URL
  #isAway = false

  constructor(options: ForwarderOptions) {
    this.#options = options
    this.#url = new URL('/', options.endpoint)
  }

  /** Whether the last call could not be delivered. */
  get isAway(): boolean {
    return this.#isAway
  }

  /** Resolves with the control plane's answer, at some time. Rejects only with the signal's reason. */
  async send(call: RelayedCall, credentialsOf: CredentialsOf, signal: AbortSignal): Promise<RelayAnswer> {
    const backoff = new Backoff(RETRY, this.#options.ids)
    for (;;) {
      const credentials = credentialsOf()
      if (credentials === 'gone') return GONE
      const answer = credentials && (await this.#attempt(call, credentials, signal))
      if (answer !== undefined) return answer
      await this.#options.clock.sleep(backoff.next())
      signal.throwIfAborted()
    }
  }

  /** Undefined if it is to be tried again. */
  async #attempt(
    call: RelayedCall,
    credentials: SigningCredentials,
    signal: AbortSignal,
  ): Promise<RelayAnswer | undefined> {
    let answer: HttpAnswer
    try {
      const headers = { ...this.#signed(call, credentials), 'user-agent': this.#options.userAgent }
      const { transport } = this.#options
      answer = await transport({ url: this.#url.href, headers, body: call.body, timeoutMs: TIMEOUT_MS, signal })
    } catch (error) {
      signal.throwIfAborted()
      this.#failed(String(error))
      return undefined
    }
    if (isPassing(answer)) {
      this.#failed(answer.body)
      return undefined
    }
    this.#delivered()
    return answer
  }

  #signed({ target, payloadHash, body, region }: RelayedCall, credentials: SigningCredentials) {
    const headers = {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': target,
      'x-amz-content-sha256': payloadHash,
      // AWS: SDKs send it with every try of a call, as another for every call. Docker's is too old to.
      'amz-sdk-invocation-id': payloadHash,
    }
    const now = this.#options.clock.now()
    return signRequest({ method: 'POST', url: this.#url, headers, body, region, service: 'logs', credentials, now })
  }

  #failed(error: string): void {
    if (!this.#isAway) this.#options.log.warn('log events wait for the control plane', { error })
    this.#isAway = true
  }

  #delivered(): void {
    if (this.#isAway) this.#options.log.info('log events are delivered again')
    this.#isAway = false
  }
}

const isPassing = ({ status, body }: HttpAnswer): boolean =>
  status >= 500 || status === 429 || (status === 400 && PASSING.test(typeOf(body)))

/** The fault's name. */
const typeOf = (body: string): string => /"__type"\s*:\s*"([^"]*)"/.exec(body)?.[1] ?? ''
