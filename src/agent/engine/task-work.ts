/** What goes on with one task at the moment. Not part of its record: after a restart none of it is true any more. */
import type { Backoff } from '../../kit/backoff.ts'

export class TaskWork {
  /** Set until the record of a new task is durable: before that nothing is done for it. */
  isUndurable = false
  /** Steps in progress, by what they work on. */
  readonly busy = new Map<string, string>()
  /** Containers of which something was heard that their record does not show yet. */
  readonly stale = new Set<string>()
  /** Until when what failed last time is left alone. */
  readonly heldBack = new Map<string, number>()
  /** By subject and step: a look that succeeds does not make a failing stop hasty again. */
  readonly #backoffs = new Map<string, Backoff>()

  get isIdle(): boolean {
    return this.busy.size === 0 && this.stale.size === 0 && this.heldBack.size === 0 && !this.isUndurable
  }

  ended(key: string): void {
    this.busy.delete(key)
    this.heldBack.delete(key)
  }

  succeeded(key: string, step: string): void {
    this.ended(key)
    this.#backoffs.delete(`${key} ${step}`)
  }

  /** Answers after how many milliseconds the next attempt may be made. */
  failed(key: string, step: string, makeBackoff: () => Backoff, now: number): number {
    this.ended(key)
    const backoff = this.#backoffs.get(`${key} ${step}`) ?? makeBackoff()
    this.#backoffs.set(`${key} ${step}`, backoff)
    const delayMs = backoff.next()
    this.heldBack.set(key, now + delayMs)
    return delayMs
  }
}
