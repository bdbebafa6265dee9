/**
 * AWS JSON 1.1 as an agent speaks it: signed calls over plain HTTP, repeated as long as the caller's policy says. Not the SDK's client:
 * that one alone takes as much memory as the whole agent may have.
 */
import { Backoff, type BackoffPolicy } from '../kit/backoff.ts'
import type { Clock } from '../kit/clock.ts'
import type { Ids } from '../kit/ids.ts'
import { util } from '../kit/node.ts'
import { ControlApiError, errorOfAnswer, unreachable } from './control-api-error.ts'
import type { HttpAnswer, HttpTransport } from './http-transport.ts'
import type { Signer } from './signer.ts'

export interface JsonCallerOptions {
  /** e.g. `http://127.0.0.1:4566`. */
  readonly endpoint: string
  readonly clock: Clock
  readonly ids: Ids
  readonly userAgent: string
  readonly transport: HttpTransport
}

export interface JsonCall {
  /** `<prefix>.<Operation>` */
  readonly target: string
  readonly input: object
  readonly sign: Signer
  readonly retries: RetryPolicy
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
}

export interface RetryPolicy {
  readonly backoff: BackoffPolicy
  /** No attempt begins later than this after the first. */
  readonly withinMs: number
  readonly isRetried: (error: ControlApiError) => boolean
}

export class JsonCaller {
  readonly #options: JsonCallerOptions

  constructor(options: JsonCallerOptions) {
    this.#options = options
  }

  /** Rejects with `ControlApiError`, or with the signal's reason. */
  async call(call: JsonCall): Promise<Readonly<Record<string, unknown>>> {
    const { clock, ids } = this.#options
    const backoff = new Backoff(call.retries.backoff, ids)
    const startedAt = clock.monotonic()
    for (;;) {
      try {
        return await this.#attempt(call)
      } catch (error) {
        if (!(error instanceof ControlApiError)) throw error
        error.attempts = backoff.attempts + 1
        if (!call.retries.isRetried(error)) throw error
        const delayMs = backoff.next()
        if (clock.monotonic() - startedAt + delayMs > call.retries.withinMs) throw error
        await this.#sleep(delayMs, call.signal)
      }
    }
  }

  async #attempt({ target, input, sign, timeoutMs, signal }: JsonCall): Promise<Readonly<Record<string, unknown>>> {
    const operation = target.slice(target.lastIndexOf('.') + 1)
    const body = JSON.stringify(withEpochSeconds(input))
    const url = `${this.#options.endpoint.replace(/\/+$/, '')}/`
    const signed = sign({
      method: 'POST',
      url,
      body,
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target },
    })
    const headers = { ...signed, 'user-agent': this.#options.userAgent }
    let answer: HttpAnswer
    try {
      answer = await this.#options.transport({ url, headers, body, timeoutMs, signal })
    } catch (error) {
      signal?.throwIfAborted()
      throw unreachable(operation, error)
    }
    return outputOf(operation, answer)
  }

  /** Ends early, by rejecting, when the signal is aborted. */
  #sleep(delayMs: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = this.#options.clock.setTimer(delayMs, () => {
        signal?.removeEventListener('abort', onAbort)
        resolve()
      })
      const onAbort = (): void => {
        timer.cancel()
        reject(signal?.reason as Error)
      }
      if (signal?.aborted === true) onAbort()
      else signal?.addEventListener('abort', onAbort, { once: true })
    })
  }
}

const outputOf = (operation: string, answer: HttpAnswer): Readonly<Record<string, unknown>> => {
  if (answer.status !== 200) throw errorOfAnswer(operation, answer)
  try {
    return JSON.parse(answer.body === '' ? '{}' : answer.body) as Record<string, unknown>
  } catch {
    // What the parser says quotes the answer, which may be a secret.
    throw unreachable(operation, new Error('the answer is not JSON'))
  }
}

/** AWS: JSON 1.1 has times as epoch seconds. */
const withEpochSeconds = (value: unknown): unknown => {
  if (util.types.isDate(value)) return value.getTime() / 1000
  if (Array.isArray(value)) return value.map(withEpochSeconds)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withEpochSeconds(member)]))
}
