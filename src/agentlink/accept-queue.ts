/**
 * Lets connections in at a bounded rate. After a restart of the control plane every agent reconnects at once; taking them in turn
 * keeps the process answering everyone else meanwhile. A burst is let in at once, so that nobody waits in ordinary times.
 */
import type { Clock, Timer } from '../kit/clock.ts'

export interface AcceptLimits {
  readonly perSecond: number
  readonly burst: number
  /** More than this many waiting are refused. */
  readonly waiting: number
}

const TICK_MS = 10

export class AcceptQueue {
  readonly #clock: Clock
  readonly #limits: AcceptLimits
  readonly #waiting: (() => void)[] = []
  #tokens: number
  #refilledAt: number
  #timer: Timer | undefined

  constructor(clock: Clock, limits: AcceptLimits) {
    this.#clock = clock
    this.#limits = limits
    this.#tokens = limits.burst
    this.#refilledAt = clock.monotonic()
  }

  /** Runs `accept` now or in its turn; false if too many wait already. */
  add(accept: () => void): boolean {
    this.#refill()
    if (this.#waiting.length === 0 && this.#tokens >= 1) {
      this.#tokens--
      accept()
      return true
    }
    if (this.#waiting.length >= this.#limits.waiting) return false
    this.#waiting.push(accept)
    this.#timer ??= this.#clock.setTimer(TICK_MS, () => this.#drain())
    return true
  }

  /** Gives everyone who waits their turn now, so that they can be told. */
  stop(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    for (const accept of this.#waiting.splice(0)) accept()
  }

  #refill(): void {
    const now = this.#clock.monotonic()
    const earned = ((now - this.#refilledAt) / 1000) * this.#limits.perSecond
    this.#tokens = Math.min(this.#limits.burst, this.#tokens + earned)
    this.#refilledAt = now
  }

  #drain(): void {
    this.#timer = undefined
    this.#refill()
    const turn = this.#waiting.splice(0, Math.floor(this.#tokens))
    this.#tokens -= turn.length
    for (const accept of turn) accept()
    if (this.#waiting.length > 0) this.#timer = this.#clock.setTimer(TICK_MS, () => this.#drain())
  }
}
