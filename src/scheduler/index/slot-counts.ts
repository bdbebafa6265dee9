/** Counts by slot, for the few slots that have one: a hash table in two typed arrays, sixteen bytes per count. */

const SMALLEST_CAPACITY = 8
const EMPTY = -1

export class SlotCounts {
  #slots = new Int32Array(SMALLEST_CAPACITY).fill(EMPTY)
  #counts = new Int32Array(SMALLEST_CAPACITY)
  #size = 0

  /** How many slots have a count other than zero. */
  get size(): number {
    return this.#size
  }

  get(slot: number): number {
    const at = this.#find(slot)
    return this.#slots[at] === EMPTY ? 0 : this.#counts[at]!
  }

  /** Adds to a count, which must not become negative, and gives the new one. */
  add(slot: number, difference: number): number {
    const at = this.#find(slot)
    if (this.#slots[at] === EMPTY) return this.#insert(at, slot, difference)
    const count = (this.#counts[at]! += difference)
    if (count === 0) this.#remove(at)
    return count
  }

  forEach(visit: (slot: number, count: number) => void): void {
    for (let at = 0; at < this.#slots.length; at++) {
      if (this.#slots[at] !== EMPTY) visit(this.#slots[at]!, this.#counts[at]!)
    }
  }

  /** Where the slot stands, or the empty place where it would. */
  #find(slot: number): number {
    const mask = this.#slots.length - 1
    let at = home(slot, mask)
    while (this.#slots[at] !== EMPTY && this.#slots[at] !== slot) at = (at + 1) & mask
    return at
  }

  #insert(at: number, slot: number, count: number): number {
    if (count === 0) return 0
    this.#slots[at] = slot
    this.#counts[at] = count
    if (++this.#size * 2 > this.#slots.length) this.#grow()
    return count
  }

  /** Closes the gap: whatever was pushed beyond it by collisions moves back. */
  #remove(removed: number): void {
    const mask = this.#slots.length - 1
    let gap = removed
    for (let at = (gap + 1) & mask; this.#slots[at] !== EMPTY; at = (at + 1) & mask) {
      const wanted = home(this.#slots[at]!, mask)
      if (((at - wanted) & mask) < ((at - gap) & mask)) continue
      this.#slots[gap] = this.#slots[at]!
      this.#counts[gap] = this.#counts[at]!
      gap = at
    }
    this.#slots[gap] = EMPTY
    this.#size--
  }

  #grow(): void {
    const [slots, counts] = [this.#slots, this.#counts]
    this.#slots = new Int32Array(slots.length * 2).fill(EMPTY)
    this.#counts = new Int32Array(slots.length * 2)
    for (let old = 0; old < slots.length; old++) {
      if (slots[old] === EMPTY) continue
      const at = this.#find(slots[old]!)
      this.#slots[at] = slots[old]!
      this.#counts[at] = counts[old]!
    }
  }
}

const home = (slot: number, mask: number): number => (Math.imul(slot, 0x9e3779b1) >>> 8) & mask
