/** Of many things that come, some that stand for all: each had the same chance to be among them. They keep the order in which they came. */
import type { Ids } from '../../../kit/ids.ts'

export interface SampleLimits {
  readonly items: number
  /** Things that are larger together are left out, whatever their number. */
  readonly bytes: number
}

export interface Sampled<Item> {
  readonly items: readonly Item[]
  /** Whether there were others. */
  readonly isSample: boolean
}

interface Kept<Item> {
  readonly item: Item
  readonly bytes: number
}

export class Sample<Item> {
  readonly #ids: Ids
  readonly #limits: SampleLimits
  #kept: Kept<Item>[] = []
  #bytes = 0
  #seen = 0

  constructor(ids: Ids, limits: SampleLimits) {
    this.#ids = ids
    this.#limits = limits
  }

  add(item: Item, bytes: number): void {
    this.#seen++
    if (this.#kept.length === this.#limits.items) {
      const place = Math.floor(this.#ids.random() * this.#seen)
      if (place >= this.#limits.items) return
      this.#bytes -= this.#kept.splice(place, 1)[0]?.bytes ?? 0
    }
    if (this.#bytes + bytes > this.#limits.bytes) return
    this.#kept.push({ item, bytes })
    this.#bytes += bytes
  }

  /** What there is, and begins anew. */
  take(): Sampled<Item> {
    const taken = { items: this.#kept.map(({ item }) => item), isSample: this.#seen > this.#kept.length }
    this.#kept = []
    this.#bytes = 0
    this.#seen = 0
    return taken
  }
}
