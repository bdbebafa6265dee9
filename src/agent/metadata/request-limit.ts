/** So many requests a second from one address, and so many at once after a quiet time, as a token bucket. */
import type { Clock } from '../../kit/clock.ts'
import type { RequestRate } from '../config/values.ts'

interface Bucket {
  readonly tokens: number
  /** On the clock that never goes back. */
  readonly at: number
}

/** Addresses that are remembered; beyond it, those whose buckets are full again are forgotten. */
const ADDRESSES = 1000

export class RequestLimit {
  readonly #rate: RequestRate
  readonly #clock: Clock
  readonly #buckets = new Map<string, Bucket>()

  constructor(rate: RequestRate, clock: Clock) {
    this.#rate = rate
    this.#clock = clock
  }

  /** Counts a request; false if it is one too many. */
  admits(address: string): boolean {
    const now = this.#clock.monotonic()
    if (this.#buckets.size >= ADDRESSES) this.#forgetFull(now)
    const tokens = this.#tokensOf(this.#buckets.get(address), now)
    const isAdmitted = tokens >= 1
    this.#buckets.set(address, { tokens: isAdmitted ? tokens - 1 : tokens, at: now })
    return isAdmitted
  }

  #tokensOf(bucket: Bucket | undefined, now: number): number {
    const { perSecond, burst } = this.#rate
    return bucket === undefined ? burst : Math.min(burst, bucket.tokens + ((now - bucket.at) / 1000) * perSecond)
  }

  #forgetFull(now: number): void {
    for (const [address, bucket] of this.#buckets) {
      if (this.#tokensOf(bucket, now) >= this.#rate.burst) this.#buckets.delete(address)
    }
  }
}
