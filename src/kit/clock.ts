/**
 * Time as a value. Everything that needs the time or a timer takes a `Clock`, so that tests and the simulation own it.
 * The global `Date` and timers are banned outside `kit/` by lint.
 */
import { Heap } from './heap.ts'

/** A handle to cancel a timer. Cancelling twice, or after it fired, does nothing. */
export interface Timer {
  cancel(): void
}

export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number
  /** Milliseconds on a clock that never goes back; only differences mean anything. */
  monotonic(): number
  /** Runs `callback` once, `delayMs` from now. A timer does not keep the process alive by itself. */
  setTimer(delayMs: number, callback: () => void): Timer
  /** Resolves after `delayMs`. */
  sleep(delayMs: number): Promise<void>
}

/** Node fires a longer timer at once, so longer delays are cut to this. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** The machine's clock. */
export class SystemClock implements Clock {
  now(): number {
    return Date.now()
  }

  monotonic(): number {
    return performance.now()
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    const handle = setTimeout(callback, Math.min(delayMs, LONGEST_TIMER_MS))
    handle.unref()
    return { cancel: () => clearTimeout(handle) }
  }

  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, Math.min(delayMs, LONGEST_TIMER_MS)))
  }
}

interface PendingTimer {
  readonly dueAt: number
  readonly order: number
  /** Undefined once it is cancelled. */
  callback: (() => void) | undefined
}

const isBefore = (one: PendingTimer, other: PendingTimer): boolean =>
  one.dueAt < other.dueAt || (one.dueAt === other.dueAt && one.order < other.order)

/** A clock that stands still until a test advances it. Timers fire in due order, ties in the order they were set. */
export class ManualClock implements Clock {
  #now: number
  readonly #startedAt: number
  #order = 0
  readonly #timers = new Heap<PendingTimer>(isBefore)

  constructor(startMs = Date.UTC(2026, 0, 1)) {
    this.#now = startMs
    this.#startedAt = startMs
  }

  now(): number {
    return this.#now
  }

  monotonic(): number {
    return this.#now - this.#startedAt
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    // Clocks tell whole milliseconds.
    const timer: PendingTimer = { dueAt: this.#now + Math.max(0, Math.ceil(delayMs)), order: this.#order++, callback }
    this.#timers.add(timer)
    return { cancel: () => (timer.callback = undefined) }
  }

  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.setTimer(delayMs, resolve))
  }

  /** Moves time forward, firing what falls due on the way; promises settle before the first timer and after each. */
  async advance(ms: number): Promise<void> {
    await settle()
    const target = this.#now + ms
    for (;;) {
      const next = this.#timers.first
      if (next === undefined || next.dueAt > target) break
      this.#timers.removeFirst()
      if (next.callback === undefined) continue
      this.#now = Math.max(this.#now, next.dueAt)
      next.callback()
      await settle()
    }
    this.#now = target
    await settle()
  }
}

/** Lets every promise that can settle now do so. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
