/** Keeps the first rows of an order, however many there are, in the memory that those take. */
import { Heap } from '../../kit/heap.ts'
import type { Row } from './row.ts'
import { keyOf } from './evaluate.ts'
import { Holdings } from './holdings.ts'
import type { Stage } from './stage.ts'
import { naturalOrder, type Value } from './value.ts'

interface Item {
  readonly row: Row
  readonly keys: readonly Value[]
  /** When the row came; the earlier comes first of equals. */
  readonly number: number
}

export type Order = (one: Item, other: Item) => number

/** By keys, each of them ascending or descending. */
export const orderOf =
  (areDescending: readonly boolean[]): Order =>
  (one, other) => {
    for (const [index, isDescending] of areDescending.entries()) {
      const difference = naturalOrder(one.keys[index], other.keys[index])
      if (difference !== 0) return isDescending ? -difference : difference
    }
    return one.number - other.number
  }

/** `limit`: as many rows as it says, in their order. */
export class LimitStage implements Stage {
  readonly #limit: number
  readonly #order: Order
  readonly #next: Stage
  /** The last of the kept rows is the first of the heap. */
  readonly #kept: Heap<Item>
  readonly #held = new Holdings()
  #count = 0
  #pushed = 0

  constructor(limit: number, order: Order, next: Stage) {
    this.#limit = limit
    this.#order = order
    this.#next = next
    this.#kept = new Heap((one, other) => order(one, other) > 0)
  }

  push(row: Row, keys: readonly Value[]): void {
    const item = { row, keys, number: this.#pushed++ }
    if (this.#count === this.#limit) {
      if (this.#order(item, this.#kept.first!) > 0) return
      this.#held.remove(this.#kept.first!.row.weight)
      this.#kept.removeFirst()
    } else this.#count++
    this.#held.add(row.settle().weight)
    this.#kept.add(item)
  }

  end(): void {
    const items: Item[] = []
    for (let item = this.#kept.first; item !== undefined; item = this.#kept.first) {
      items.push(item)
      this.#kept.removeFirst()
    }
    for (const { row, keys } of items.toReversed()) this.#next.push(row, keys)
    this.#next.end()
  }
}

/** `dedup`: of rows with the same values, the first of the order. Rows that lack one of the values are all different. */
export class DedupStage implements Stage {
  readonly #paths: readonly (readonly string[])[]
  readonly #limit: number
  readonly #order: Order
  readonly #next: Stage
  #kept = new Map<string | number, Item>()
  #held = new Holdings()
  #pushed = 0

  constructor(paths: readonly (readonly string[])[], limit: number, order: Order, next: Stage) {
    this.#paths = paths
    this.#limit = limit
    this.#order = order
    this.#next = next
  }

  push(row: Row, keys: readonly Value[]): void {
    const number = this.#pushed++
    const values = this.#paths.map((path) => row.at(path))
    const key = values.includes(undefined) ? number : keyOf(values)
    const item = { row, keys, number }
    const known = this.#kept.get(key)
    if (known !== undefined && this.#order(known, item) < 0) return
    if (known !== undefined) this.#held.remove(known.row.weight)
    this.#held.add(row.settle().weight)
    this.#kept.set(key, item)
    if (this.#kept.size >= 2 * this.#limit) this.#leaveOut()
  }

  end(): void {
    for (const [, { row, keys }] of this.#first()) this.#next.push(row, keys)
    this.#kept.clear()
    this.#next.end()
  }

  #leaveOut(): void {
    this.#kept = new Map(this.#first())
    this.#held = new Holdings()
    for (const { row } of this.#kept.values()) this.#held.add(row.weight)
  }

  /** What is left out comes behind so many others that only rows before those can count any more. */
  #first(): [string | number, Item][] {
    return [...this.#kept].toSorted(([, one], [, other]) => this.#order(one, other)).slice(0, this.#limit)
  }
}
