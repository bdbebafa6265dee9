/**
 * Instances of a view that agree in the attributes to spread over, densely numbered by position, with what each has left.
 * Keeps orders by CPU and memory, and the levels of task groups, once somebody asked for them.
 */
import { LevelSets } from './level-sets.ts'
import { orderKey, ResourceOrder } from './resource-order.ts'
import type { SlotCounts } from './slot-counts.ts'

export type ResourceField = 'cpu' | 'memory'

/** Positions that share one maximum: the bits of one word of a `PositionSet`. */
const WORD = 32
const SMALLEST_CAPACITY = 32
/** Less than any instance has left. */
const NOTHING = -(2 ** 31)

interface KeptOrder {
  readonly field: ResourceField
  readonly order: ResourceOrder
  /** Changes since somebody asked for it. */
  changes: number
}

export class Cell {
  readonly index: number
  /** Number of each prefix of the cell's attribute values, the longest last: where tasks are tallied. */
  readonly nodes: readonly number[]
  /** Per attribute, if the instances do not have it. */
  readonly lacks: readonly boolean[]
  size = 0
  /** By position. */
  slots = new Int32Array(SMALLEST_CAPACITY)
  cpuUnits = new Int32Array(SMALLEST_CAPACITY)
  memoryMiB = new Int32Array(SMALLEST_CAPACITY)
  /** The most that any of 32 positions has left. */
  #cpuMaxima = new Int32Array(1)
  #memoryMaxima = new Int32Array(1)
  #orders: KeptOrder[] = []
  readonly #levels = new Map<SlotCounts, LevelSets>()

  constructor(index: number, nodes: readonly number[], lacks: readonly boolean[]) {
    this.index = index
    this.nodes = nodes
    this.lacks = lacks
  }

  /** Adds an instance and gives its position. */
  join(slot: number, cpuUnits: number, memoryMiB: number): number {
    const position = this.size++
    if (position === this.slots.length) this.#grow()
    this.slots[position] = slot
    this.cpuUnits[position] = cpuUnits
    this.memoryMiB[position] = memoryMiB
    this.#measure((position / WORD) | 0)
    for (const { field, order } of this.#orders) order.insert(this.orderKey(field, position), slot)
    for (const [counts, levels] of this.#levels) levels.add(counts.get(slot), position)
    return position
  }

  /** Removes the instance at a position. The last one takes the place; gives its slot, if it is another one. */
  leave(position: number): number | undefined {
    const slot = this.slots[position]!
    const last = this.size - 1
    const moved = this.slots[last]!
    for (const { field, order } of this.#orders) order.remove(this.orderKey(field, position), slot)
    for (const [counts, levels] of this.#levels) {
      levels.remove(counts.get(slot), position)
      if (moved === slot) continue
      levels.remove(counts.get(moved), last)
      levels.add(counts.get(moved), position)
    }
    this.slots[position] = moved
    this.cpuUnits[position] = this.cpuUnits[last]!
    this.memoryMiB[position] = this.memoryMiB[last]!
    this.size = last
    this.#measure((position / WORD) | 0)
    this.#measure((last / WORD) | 0)
    return moved === slot ? undefined : moved
  }

  /** The instance at a position has other amounts left now. */
  update(position: number, cpuUnits: number, memoryMiB: number): void {
    const [cpuBefore, memoryBefore] = [this.cpuUnits[position]!, this.memoryMiB[position]!]
    if (cpuBefore === cpuUnits && memoryBefore === memoryMiB) return
    const slot = this.slots[position]!
    this.#forgetUnused()
    for (const { field, order } of this.#orders) order.remove(this.orderKey(field, position), slot)
    this.cpuUnits[position] = cpuUnits
    this.memoryMiB[position] = memoryMiB
    for (const { field, order } of this.#orders) order.insert(this.orderKey(field, position), slot)
    this.#remeasure((position / WORD) | 0, cpuBefore, memoryBefore, cpuUnits, memoryMiB)
  }

  /** If any of the 32 instances of a word may have that much left. */
  mayFit(word: number, cpuUnits: number, memoryMiB: number): boolean {
    return this.#cpuMaxima[word]! >= cpuUnits && this.#memoryMaxima[word]! >= memoryMiB
  }

  /** The instances by what they have left of a resource, then of the other one. */
  order(field: ResourceField): ResourceOrder {
    const known = this.#orders.find((kept) => kept.field === field)
    if (known !== undefined) {
      known.changes = 0
      return known.order
    }
    const order = new ResourceOrder()
    for (let position = 0; position < this.size; position++) {
      order.insert(this.orderKey(field, position), this.slots[position]!)
    }
    this.#orders.push({ field, order, changes: 0 })
    return order
  }

  /** Where the instance at a position stands in an order. */
  orderKey(field: ResourceField, position: number): number {
    const [cpu, memory] = [this.cpuUnits[position]!, this.memoryMiB[position]!]
    return field === 'cpu' ? orderKey(cpu, memory) : orderKey(memory, cpu)
  }

  /** The instances by the tasks that a group has on them, once `keepLevels` was called for it. */
  keptLevels(counts: SlotCounts): LevelSets | undefined {
    return this.#levels.get(counts)
  }

  /** `positionOf` gives a slot's position in this cell, if it is here. */
  keepLevels(counts: SlotCounts, positionOf: (slot: number) => number | undefined): LevelSets {
    const levels = new LevelSets()
    levels.addAll(this.size)
    counts.forEach((slot, count) => {
      const position = positionOf(slot)
      if (position === undefined) return
      levels.remove(0, position)
      levels.add(count, position)
    })
    this.#levels.set(counts, levels)
    return levels
  }

  forgetLevels(counts: SlotCounts): void {
    this.#levels.delete(counts)
  }

  /** An order that had more changes than instances since somebody asked for it costs less to make anew when somebody does. */
  #forgetUnused(): void {
    let isAnyUnused = false
    for (const kept of this.#orders) if (++kept.changes > this.size * 2) isAnyUnused = true
    if (isAnyUnused) this.#orders = this.#orders.filter(({ changes }) => changes <= this.size * 2)
  }

  #remeasure(word: number, cpuBefore: number, memoryBefore: number, cpuUnits: number, memoryMiB: number): void {
    const [cpuMost, memoryMost] = [this.#cpuMaxima[word]!, this.#memoryMaxima[word]!]
    const mayShrink =
      (cpuBefore === cpuMost && cpuUnits < cpuMost) || (memoryBefore === memoryMost && memoryMiB < memoryMost)
    if (mayShrink) return this.#measure(word)
    if (cpuUnits > cpuMost) this.#cpuMaxima[word] = cpuUnits
    if (memoryMiB > memoryMost) this.#memoryMaxima[word] = memoryMiB
  }

  #measure(word: number): void {
    const end = Math.min(this.size, (word + 1) * WORD)
    let cpuMost = NOTHING
    let memoryMost = NOTHING
    for (let position = word * WORD; position < end; position++) {
      if (this.cpuUnits[position]! > cpuMost) cpuMost = this.cpuUnits[position]!
      if (this.memoryMiB[position]! > memoryMost) memoryMost = this.memoryMiB[position]!
    }
    this.#cpuMaxima[word] = cpuMost
    this.#memoryMaxima[word] = memoryMost
  }

  #grow(): void {
    const capacity = this.slots.length * 2
    this.slots = enlarged(this.slots, capacity)
    this.cpuUnits = enlarged(this.cpuUnits, capacity)
    this.memoryMiB = enlarged(this.memoryMiB, capacity)
    this.#cpuMaxima = enlarged(this.#cpuMaxima, capacity / WORD)
    this.#memoryMaxima = enlarged(this.#memoryMaxima, capacity / WORD)
  }
}

const enlarged = (values: Int32Array, length: number): Int32Array<ArrayBuffer> => {
  const larger = new Int32Array(length)
  larger.set(values)
  return larger
}
