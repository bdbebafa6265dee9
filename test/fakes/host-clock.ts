/** The clock of one simulated host or process: it may be wrong, and what waits on it stands still while the process does. */
import type { Clock, Timer } from '../../src/kit/clock.ts'

export class HostClock implements Clock {
  /** By how much it is ahead of the true time. */
  skewMs = 0
  readonly #clock: Clock
  /** What fell due while the process stood still. */
  #missed: (() => void)[] | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  now(): number {
    return this.#clock.now() + this.skewMs
  }

  monotonic(): number {
    return this.#clock.monotonic()
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    let isCancelled = false
    const fire = (): void => {
      if (isCancelled) return
      if (this.#missed === undefined) callback()
      else this.#missed.push(fire)
    }
    const timer = this.#clock.setTimer(delayMs, fire)
    return {
      cancel: () => {
        isCancelled = true
        timer.cancel()
      },
    }
  }

  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.setTimer(delayMs, resolve))
  }

  /** No timer fires until `thaw`. */
  freeze(): void {
    this.#missed ??= []
  }

  /** What fell due meanwhile happens now. */
  thaw(): void {
    const missed = this.#missed ?? []
    this.#missed = undefined
    for (const fire of missed) fire()
  }
}
