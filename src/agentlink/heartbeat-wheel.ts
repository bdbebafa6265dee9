/**
 * Heartbeats of very many sessions from one timer: sessions are spread at random over the slots of a wheel, and each tick serves
 * one slot. A session is served once per turn.
 */
import type { Clock, Timer } from '../kit/clock.ts'
import type { Ids } from '../kit/ids.ts'

const TICK_MS = 1000

export class HeartbeatWheel {
  readonly #clock: Clock
  readonly #ids: Ids
  readonly #slots: Set<() => void>[]
  #position = 0
  #size = 0
  #timer: Timer | undefined

  /** `turnMs`: how often each session is served; a multiple of one second. */
  constructor(clock: Clock, ids: Ids, turnMs: number) {
    this.#clock = clock
    this.#ids = ids
    this.#slots = Array.from({ length: Math.max(1, Math.round(turnMs / TICK_MS)) }, () => new Set())
  }

  /** Calls `beat` once per turn until the returned function is called. */
  add(beat: () => void): () => void {
    const slot = this.#slots[Math.floor(this.#ids.random() * this.#slots.length)]!
    slot.add(beat)
    this.#size++
    this.#schedule()
    return () => {
      if (slot.delete(beat)) this.#size--
    }
  }

  stop(): void {
    this.#timer?.cancel()
    this.#timer = undefined
  }

  #schedule(): void {
    if (this.#size > 0) this.#timer ??= this.#clock.setTimer(TICK_MS, () => this.#tick())
  }

  #tick(): void {
    this.#timer = undefined
    this.#position = (this.#position + 1) % this.#slots.length
    for (const beat of this.#slots[this.#position]!) beat()
    this.#schedule()
  }
}
