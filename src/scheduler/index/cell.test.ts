import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Cell } from './cell.ts'
import { orderKey } from './resource-order.ts'
import { SlotCounts } from './slot-counts.ts'

/** A cell, and what it should hold: slots by position, and the tasks of one group by slot. */
class Watched {
  readonly cell = new Cell(0, [], [])
  readonly counts = new SlotCounts()
  readonly positions = new Map<number, number>()

  constructor() {
    this.cell.keepLevels(this.counts, (slot) => this.positions.get(slot))
    this.cell.order('memory')
  }

  toggle(slot: number, cpuUnits: number, memoryMiB: number): void {
    const position = this.positions.get(slot)
    if (position === undefined) {
      this.positions.set(slot, this.cell.join(slot, cpuUnits, memoryMiB))
      return
    }
    const moved = this.cell.leave(position)
    if (moved !== undefined) this.positions.set(moved, position)
    this.positions.delete(slot)
  }

  update(slot: number, cpuUnits: number, memoryMiB: number): void {
    const position = this.positions.get(slot)
    if (position !== undefined) this.cell.update(position, cpuUnits, memoryMiB)
  }

  addTask(slot: number): void {
    const count = this.counts.add(slot, 1)
    const position = this.positions.get(slot)
    if (position === undefined) return
    const levels = this.cell.keptLevels(this.counts)!
    levels.remove(count - 1, position)
    levels.add(count, position)
  }

  /** Slots by level, as the sets say. */
  levels(): Map<number, number[]> {
    const found = new Map<number, number[]>()
    const levels = this.cell.keptLevels(this.counts)!
    for (let level = 0; level < levels.length; level++) {
      const { words = new Int32Array() } = levels.at(level) ?? {}
      const positions = Array.from({ length: this.cell.size }, (_, position) => position)
      const inSet = positions.filter((position) => ((words[position >> 5] ?? 0) >>> (position & 31)) & 1)
      if (inSet.length > 0) found.set(level, inSet.map((position) => this.cell.slots[position]!).toSorted(bySize))
    }
    return found
  }

  expectedLevels(): Map<number, number[]> {
    const expected = new Map<number, number[]>()
    for (const slot of [...this.positions.keys()].toSorted(bySize)) {
      const level = this.counts.get(slot)
      expected.set(level, [...(expected.get(level) ?? []), slot])
    }
    return expected
  }
}

const bySize = (one: number, other: number): number => one - other

const someChange = fc.tuple(fc.nat(3), fc.nat(90), fc.nat(100), fc.nat(100))

const afterChanges = (changes: readonly (readonly [number, number, number, number])[]): Watched => {
  const watched = new Watched()
  for (const [kind, slot, cpuUnits, memoryMiB] of changes) {
    if (kind < 2) watched.toggle(slot, cpuUnits, memoryMiB)
    else if (kind === 2) watched.update(slot, cpuUnits, memoryMiB)
    else watched.addTask(slot)
  }
  return watched
}

describe('a cell', () => {
  const someChanges = fc.array(someChange, { size: 'max', maxLength: 400 })

  it('keeps each instance in the level of its tasks, whoever joins and leaves', () => {
    const property = fc.property(someChanges, (changes) => {
      const watched = afterChanges(changes)
      expect(watched.levels()).toEqual(watched.expectedLevels())
    })
    fc.assert(property)
  })

  it('keeps its orders up with what is left', () => {
    const property = fc.property(someChanges, (changes) => {
      const { cell } = afterChanges(changes)
      const slots: number[] = []
      cell.order('memory').walk(orderKey(0, 0), 0, 0, (slot) => slots.push(slot) < 0)
      const positions = Array.from({ length: cell.size }, (_, position) => position)
      const key = (position: number) => cell.orderKey('memory', position)
      const byKey = positions.toSorted((one, two) => key(one) - key(two) || cell.slots[one]! - cell.slots[two]!)
      expect(slots).toEqual(byKey.map((position) => cell.slots[position]))
    })
    fc.assert(property)
  })

  it('never denies that 32 instances may fit what one of them fits', () => {
    const property = fc.property(someChanges, (changes) => {
      const { cell } = afterChanges(changes)
      for (let position = 0; position < cell.size; position++) {
        expect(cell.mayFit(position >> 5, cell.cpuUnits[position]!, cell.memoryMiB[position]!)).toBe(true)
      }
    })
    fc.assert(property)
  })
})
