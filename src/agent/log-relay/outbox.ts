/**
 * What one container has to log, on its way to the control plane, in order.
 *
 * Mode `blocking`: Docker waits for each answer of the control plane, and so does the container, once pipe and driver are full. Mode
 * `non-blocking`: Docker is answered at once as long as there is room in the buffer, and only what does not fit is lost. The buffer is
 * here and not Docker's, since that one, in front of the awslogs driver of Docker 20.10, never holds anything: the driver takes 4096
 * lines and refuses the others, which loses them whenever a container is faster than the driver.
 */
import type { Clock } from '../../kit/clock.ts'
import type { CredentialsOf, Forwarder } from './forwarder.ts'
import { PUT_LOG_EVENTS, type RelayAnswer, type RelayedCall, TAKEN } from './relayed-call.ts'

export interface OutboxOptions {
  readonly forwarder: Pick<Forwarder, 'send' | 'isAway'>
  readonly credentialsOf: CredentialsOf
  readonly clock: Clock
  /** Of the buffer; 0 in mode `blocking`. */
  readonly capacityBytes: number
  /** Hears what the control plane did not want, and what did not fit. */
  readonly onLost: (why: string) => void
}

/** So long a container waits for room while the control plane takes what there is: a moment's wait is better than a gap. */
const PATIENCE_MS = 1000

export class Outbox {
  readonly #options: OutboxOptions
  readonly #ending = new AbortController()
  readonly #queue: RelayedCall[] = []
  #queuedBytes = 0
  #pumping: Promise<void> | undefined
  /** Calls that are being answered or waited for. */
  #open = 0
  #lastAt: number
  #onRoom: (() => void) | undefined

  constructor(options: OutboxOptions) {
    this.#options = options
    this.#lastAt = options.clock.monotonic()
  }

  /** Resolves with what Docker is to be told. Rejects if the container or Docker does not wait any more. */
  async take(call: RelayedCall, signal: AbortSignal): Promise<RelayAnswer> {
    const { forwarder, credentialsOf, capacityBytes } = this.#options
    this.#open++
    try {
      if (capacityBytes > 0 && call.target === PUT_LOG_EVENTS) return await this.#enqueue(call)
      return await forwarder.send(call, credentialsOf, AbortSignal.any([signal, this.#ending.signal]))
    } finally {
      this.#open--
      this.#lastAt = this.#options.clock.monotonic()
    }
  }

  /** Milliseconds for which nothing has been on its way; 0 while something is. */
  get quietMs(): number {
    return this.#open > 0 || this.#pumping !== undefined ? 0 : this.#options.clock.monotonic() - this.#lastAt
  }

  /** Resolves when nothing is in the buffer. */
  async emptied(): Promise<void> {
    await this.#pumping
  }

  /** Forgets what is in it. */
  end(): void {
    this.#queue.splice(1)
    this.#ending.abort(new Error('the task is gone'))
  }

  async #enqueue(call: RelayedCall): Promise<RelayAnswer> {
    this.#ending.signal.throwIfAborted()
    if (this.#isFull && !this.#options.forwarder.isAway) await this.#room()
    if (this.#isFull) {
      this.#options.onLost('the buffer is full')
      return TAKEN
    }
    this.#queue.push(call)
    this.#queuedBytes += call.body.length
    this.#pumping ??= this.#pump()
    return TAKEN
  }

  get #isFull(): boolean {
    return this.#queuedBytes >= this.#options.capacityBytes
  }

  #room(): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#options.clock.setTimer(PATIENCE_MS, resolve)
      this.#onRoom = () => {
        timer.cancel()
        resolve()
      }
    })
  }

  async #pump(): Promise<void> {
    for (let call = this.#queue[0]; call !== undefined; call = this.#queue[0]) {
      await this.#deliver(call)
      this.#queue.shift()
      this.#queuedBytes -= call.body.length
      this.#onRoom?.()
      this.#onRoom = undefined
    }
    this.#pumping = undefined
    this.#lastAt = this.#options.clock.monotonic()
  }

  async #deliver(call: RelayedCall): Promise<void> {
    const { forwarder, credentialsOf, onLost } = this.#options
    try {
      const { status, body } = await forwarder.send(call, credentialsOf, this.#ending.signal)
      if (status !== 200) onLost(body)
    } catch (error) {
      if (!this.#ending.signal.aborted) throw error
    }
  }
}
