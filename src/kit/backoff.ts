/** Exponential backoff with jitter. The n-th delay is `min * multiplier^n` capped at `max`, plus up to `jitter` of itself. */
import type { Ids } from './ids.ts'

export interface BackoffPolicy {
  readonly minMs: number
  readonly maxMs: number
  /** Share of the delay, 0 to 1, that is added at random. */
  readonly jitter: number
  readonly multiplier: number
}

export class Backoff {
  readonly #policy: BackoffPolicy
  readonly #ids: Ids
  #attempt = 0

  constructor(policy: BackoffPolicy, ids: Ids) {
    this.#policy = policy
    this.#ids = ids
  }

  /** How many delays were taken since the last reset. */
  get attempts(): number {
    return this.#attempt
  }

  /** The next delay in milliseconds. */
  next(): number {
    const { minMs, maxMs, jitter, multiplier } = this.#policy
    const base = Math.min(maxMs, minMs * multiplier ** this.#attempt)
    this.#attempt++
    return base + base * jitter * this.#ids.random()
  }

  reset(): void {
    this.#attempt = 0
  }
}
