/**
 * A queue of keys for controllers. A key waiting is held once however often it is added; a key being worked on is never
 * worked on twice at the same time: adding it then makes it run once more afterwards. Failures back off per key.
 */
import { Backoff, type BackoffPolicy } from './backoff.ts'
import type { Clock, Timer } from './clock.ts'
import type { Ids } from './ids.ts'

export interface WorkQueueOptions {
  readonly clock: Clock
  readonly ids: Ids
  /** How many keys may be worked on at once. */
  readonly concurrency: number
  readonly backoff: BackoffPolicy
  /** Does the work of one key; a rejection is retried after the key's backoff. */
  readonly work: (key: string) => Promise<void>
  /** Hears of every failure, before the retry is scheduled. */
  readonly onFailure: (key: string, error: unknown, retryInMs: number) => void
}

export class WorkQueue {
  readonly #options: WorkQueueOptions
  /** Keys ready to run, oldest first. */
  readonly #ready = new Set<string>()
  readonly #running = new Set<string>()
  readonly #again = new Set<string>()
  readonly #delayed = new Map<string, Timer>()
  readonly #backoffs = new Map<string, Backoff>()
  #stopped = false

  constructor(options: WorkQueueOptions) {
    this.#options = options
  }

  /** Keys that wait or run, not counting those that wait for their backoff. */
  get size(): number {
    return this.#ready.size + this.#running.size
  }

  add(key: string): void {
    if (this.#stopped) return
    if (this.#running.has(key)) {
      this.#again.add(key)
      return
    }
    this.#delayed.get(key)?.cancel()
    this.#delayed.delete(key)
    this.#ready.add(key)
    this.#pump()
  }

  /** Adds the key after a delay, unless it is added before. */
  addAfter(key: string, delayMs: number): void {
    if (this.#stopped || this.#ready.has(key)) return
    this.#delayed.get(key)?.cancel()
    this.#delayed.set(
      key,
      this.#options.clock.setTimer(delayMs, () => this.add(key)),
    )
  }

  /** Takes no more work. What runs, runs to its end. */
  stop(): void {
    this.#stopped = true
    for (const timer of this.#delayed.values()) timer.cancel()
    this.#delayed.clear()
    this.#ready.clear()
    this.#again.clear()
  }

  #pump(): void {
    for (const key of this.#ready) {
      if (this.#running.size >= this.#options.concurrency) return
      this.#ready.delete(key)
      void this.#run(key)
    }
  }

  async #run(key: string): Promise<void> {
    this.#running.add(key)
    try {
      await this.#options.work(key)
      this.#backoffs.delete(key)
      this.#finish(key)
    } catch (error) {
      const backoff = this.#backoffs.get(key) ?? new Backoff(this.#options.backoff, this.#options.ids)
      this.#backoffs.set(key, backoff)
      const retryInMs = backoff.next()
      this.#options.onFailure(key, error, retryInMs)
      this.#finish(key)
      this.addAfter(key, retryInMs)
    }
  }

  #finish(key: string): void {
    this.#running.delete(key)
    if (this.#again.delete(key)) this.#ready.add(key)
    this.#pump()
  }
}
