/**
 * What one container has to log, on its way to the control plane, in order.
 *
 * Docker is answered as soon as a batch is in a file, so that it goes on while the control plane works, and nothing is lost with the agent.
 * When what waits fills the buffer, mode `blocking` lets Docker wait, and with it the container, once pipe and driver are full; mode
 * `non-blocking` loses what does not fit. The buffer is here and not Docker's, since that one, in front of the awslogs driver of Docker
 * 20.10, never holds anything: the driver takes 4096 lines and refuses the others, which loses them whenever a container is faster than the
 * driver.
 */
import type { Clock } from '../../kit/clock.ts'
import type { CredentialsOf, Forwarder } from './forwarder.ts'
import type { LogBuffer } from './log-settings.ts'
import type { SpooledCall } from './log-spool.ts'
import { PUT_LOG_EVENTS, type RelayAnswer, type RelayedCall, TAKEN } from './relayed-call.ts'

export interface OutboxOptions {
  readonly forwarder: Pick<Forwarder, 'send' | 'isAway'>
  readonly credentialsOf: CredentialsOf
  readonly clock: Clock
  readonly buffer: LogBuffer
  /** Puts a call into a file; undefined if the disk does not take it. */
  readonly keep: (call: RelayedCall) => Promise<SpooledCall | undefined>
  /** What is in files from before, in order. */
  readonly left: readonly SpooledCall[]
  /** Hears what the control plane did not want, and what did not fit. */
  readonly onLost: (why: string) => void
}

/** What is to be sent next was in memory just now. */
interface Queued {
  readonly file: SpooledCall
  readonly call?: RelayedCall
}

/** So long a container that must not wait does so for room while the control plane takes what there is: a moment is better than a gap. */
const PATIENCE_MS = 1000

export class Outbox {
  readonly #options: OutboxOptions
  readonly #ending = new AbortController()
  readonly #queue: Queued[]
  #queuedBytes: number
  #pumping: Promise<void> | undefined
  /** Calls that are being answered or waited for. */
  #open = 0
  #lastAt: number
  /** Who waits for room. */
  #waiting: (() => void)[] = []

  constructor(options: OutboxOptions) {
    this.#options = options
    this.#lastAt = options.clock.monotonic()
    this.#queue = options.left.map((file) => ({ file }))
    this.#queuedBytes = options.left.reduce((sum, { bytes }) => sum + bytes, 0)
    if (this.#queue.length > 0) this.#pumping = this.#pump()
  }

  /** Resolves with what Docker is to be told. Rejects if the container or Docker does not wait any more. */
  async take(call: RelayedCall, signal: AbortSignal): Promise<RelayAnswer> {
    const given = AbortSignal.any([signal, this.#ending.signal])
    this.#open++
    try {
      return await (call.target === PUT_LOG_EVENTS ? this.#enqueue(call, given) : this.#send(call, given))
    } finally {
      this.#open--
      this.#lastAt = this.#options.clock.monotonic()
    }
  }

  /** Milliseconds for which nothing has been on its way; 0 while something is. */
  get quietMs(): number {
    return this.#open > 0 || this.#pumping !== undefined ? 0 : this.#options.clock.monotonic() - this.#lastAt
  }

  /** Resolves when nothing waits any more. */
  async emptied(): Promise<void> {
    await this.#pumping
  }

  /** Sends nothing any more; what is in files stays for the next agent. */
  stop(): void {
    this.#ending.abort(new Error('the agent ends'))
  }

  /** Forgets what is in it. */
  async end(): Promise<void> {
    this.#ending.abort(new Error('the task is gone'))
    for (const { file } of this.#queue.splice(0)) await file.remove()
  }

  async #enqueue(call: RelayedCall, signal: AbortSignal): Promise<RelayAnswer> {
    signal.throwIfAborted()
    if (!(await this.#findRoom(signal))) return this.#lost('the buffer is full')
    const file = await this.#options.keep(call)
    if (file === undefined) return this.#withoutFile(call, signal)
    if (this.#ending.signal.aborted) await file.remove()
    this.#ending.signal.throwIfAborted()
    this.#queue.push({ file, ...(this.#queue.length === 0 && { call }) })
    this.#queuedBytes += file.bytes
    this.#pumping ??= this.#pump()
    return TAKEN
  }

  /** Docker keeps it, until the control plane has it. */
  async #withoutFile(call: RelayedCall, signal: AbortSignal): Promise<RelayAnswer> {
    if (!this.#options.buffer.isWaitedFor) return this.#lost('they cannot be kept on the disk')
    await this.emptied()
    return this.#send(call, signal)
  }

  #send(call: RelayedCall, signal: AbortSignal): Promise<RelayAnswer> {
    return this.#options.forwarder.send(call, this.#options.credentialsOf, signal)
  }

  #lost(why: string): RelayAnswer {
    this.#options.onLost(why)
    return TAKEN
  }

  async #findRoom(signal: AbortSignal): Promise<boolean> {
    const { buffer, clock, forwarder } = this.#options
    if (buffer.isWaitedFor) while (this.#isFull) await this.#room(signal)
    else if (this.#isFull && !forwarder.isAway) await Promise.race([this.#room(signal), clock.sleep(PATIENCE_MS)])
    return !this.#isFull
  }

  get #isFull(): boolean {
    return this.#queuedBytes >= this.#options.buffer.bytes
  }

  #room(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
      this.#waiting.push(resolve)
    })
  }

  async #pump(): Promise<void> {
    for (let next = this.#queue[0]; next !== undefined; next = this.#queue[0]) {
      await this.#deliver(next)
      if (this.#ending.signal.aborted) break
      await next.file.remove()
      this.#queue.shift()
      this.#queuedBytes -= next.file.bytes
      for (const resolve of this.#waiting.splice(0)) resolve()
    }
    this.#pumping = undefined
    this.#lastAt = this.#options.clock.monotonic()
  }

  async #deliver({ file, call: known }: Queued): Promise<void> {
    const { onLost } = this.#options
    try {
      const call = known ?? (await file.read())
      if (call === undefined) return onLost('the file is damaged')
      const { status, body } = await this.#send(call, this.#ending.signal)
      if (status !== 200) onLost(body)
    } catch (error) {
      if (!this.#ending.signal.aborted) throw error
    }
  }
}
