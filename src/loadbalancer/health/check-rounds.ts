/**
 * Sees to it that reloads do not keep targets from being checked: each new worker of HAProxy begins all checks anew, spread over the shortest
 * interval, so that reloads in a row would put off most of them for ever. Workers begin sooner, the longer ago the last whole round was; and
 * where even that does not do, a reload waits for one.
 */
import { FIRST_CHECKS_AT_ONCE } from '../haproxy/fleet.ts'
import type { RoutingTable } from '../../model/load-balancing/routing.ts'

/** How long a round may take at the least, to begin with all of its checks. */
const SHORTEST_SPREAD_MS = 1000
const SPREAD_MS_PER_TARGET = 0.2
/** A check that takes longer may be lost. */
const LONGEST_ROUND_MS = 10_000
/** A reload waits when so many intervals have passed without a whole round. */
const INTERVALS_WITHOUT_ROUND = 2

export class CheckRounds {
  #doneAt: number
  #begun: { readonly at: number; readonly spreadMs: number; readonly isAwaited: boolean } | undefined
  #intervalMs = Number.POSITIVE_INFINITY
  #timeoutMs = 0
  #shortestSpreadMs = SHORTEST_SPREAD_MS

  constructor(now: number) {
    this.#doneAt = now
  }

  /** What is checked from now on. */
  declare({ targetGroups }: RoutingTable): void {
    const groups = [...targetGroups.values()].filter(
      ({ healthCheck, targets }) => healthCheck.isEnabled && targets.length > 0,
    )
    const checks = groups.map(({ healthCheck }) => healthCheck)
    const targets = groups.reduce((sum, group) => sum + group.targets.length, 0)
    this.#intervalMs = Math.min(...checks.map(({ intervalSeconds }) => intervalSeconds * 1000))
    this.#timeoutMs = Math.min(
      LONGEST_ROUND_MS,
      Math.max(0, ...checks.map(({ timeoutSeconds }) => timeoutSeconds * 1000)),
    )
    this.#shortestSpreadMs = Math.max(SHORTEST_SPREAD_MS, targets * SPREAD_MS_PER_TARGET)
  }

  /** How long a reload is to wait. */
  waitMs(now: number): number {
    this.#look(now)
    const isUrgent = now - this.#doneAt > INTERVALS_WITHOUT_ROUND * this.#intervalMs
    return isUrgent ? Math.max(0, this.#endOfRound() - now) : 0
  }

  /**
   * Whether a round that begins now is to serve so many targets that wait for their first check. One that serves others already is not begun
   * again and again: workers check in the same order, and the last would never be.
   */
  isToBeAwaited(now: number, waiting: number): boolean {
    return waiting > FIRST_CHECKS_AT_ONCE && !(this.#begun?.isAwaited === true && now < this.#endOfRound())
  }

  /**
   * HAProxy is started or reloaded: over how many milliseconds it is to spread the first checks; undefined if that does not matter. As soon as
   * possible if it `isAwaited`.
   */
  begin(now: number, isAwaited = false): number | undefined {
    this.#look(now)
    if (!Number.isFinite(this.#intervalMs)) {
      this.#begun = undefined
      return undefined
    }
    const leftMs = isAwaited ? 0 : this.#doneAt + this.#intervalMs - now
    const spreadMs = Math.ceil(Math.max(this.#shortestSpreadMs, Math.min(leftMs, this.#intervalMs)))
    this.#begun = { at: now, spreadMs, isAwaited }
    return spreadMs
  }

  #look(now: number): void {
    if (now >= this.#endOfRound()) this.#doneAt = now
  }

  #endOfRound(): number {
    return this.#begun === undefined ? -Infinity : this.#begun.at + this.#begun.spreadMs + this.#timeoutMs
  }
}
