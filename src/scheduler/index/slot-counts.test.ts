import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SlotCounts } from './slot-counts.ts'

describe('counts by slot', () => {
  it('are what a plain map would hold, whatever is added and taken away', () => {
    const someChanges = fc.array(fc.tuple(fc.nat(60), fc.constantFrom(1, 1, -1)), { size: 'max', maxLength: 400 })
    const property = fc.property(someChanges, (changes) => {
      const counts = new SlotCounts()
      const plain = new Map<number, number>()
      for (const [slot, difference] of changes) {
        const count = (plain.get(slot) ?? 0) + difference
        if (count < 0) continue
        plain.set(slot, count)
        if (count === 0) plain.delete(slot)
        expect(counts.add(slot, difference)).toBe(count)
      }
      const held = new Map<number, number>()
      counts.forEach((slot, count) => held.set(slot, count))
      expect(held).toEqual(plain)
      expect(counts.size).toBe(plain.size)
      for (let slot = 0; slot <= 60; slot++) expect(counts.get(slot)).toBe(plain.get(slot) ?? 0)
    })
    fc.assert(property)
  })
})
