/**
 * Renewals of sessions, each done once: a page asks for much at the same time, all of it with the same session, and providers take a refresh token
 * that comes twice for a stolen one.
 */
import type { Clock } from '../../kit/clock.ts'

/** What comes later has got the new cookies. */
const KEPT_MS = 30_000
const MOST_KEPT = 10_000

export class Renewals<Renewed> {
  readonly #clock: Clock
  readonly #kept = new Map<string, Promise<Renewed>>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** What `renew` gives, or gave a moment ago for the same session. */
  once(session: string, renew: () => Promise<Renewed>): Promise<Renewed> {
    const kept = this.#kept.get(session)
    if (kept !== undefined) return kept
    const renewed = renew()
    this.#kept.set(session, renewed)
    const [oldest] = this.#kept.keys()
    if (this.#kept.size > MOST_KEPT && oldest !== undefined) this.#kept.delete(oldest)
    const forget = (): void => {
      if (this.#kept.get(session) === renewed) this.#kept.delete(session)
    }
    renewed.then(() => this.#clock.setTimer(KEPT_MS, forget), forget)
    return renewed
  }
}
