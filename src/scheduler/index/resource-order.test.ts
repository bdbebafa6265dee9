import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { orderKey, primaryOf, ResourceOrder } from './resource-order.ts'

interface Entry {
  readonly slot: number
  readonly primary: number
  readonly secondary: number
}

/** Every slot in its order, from an amount of both resources on. */
const walked = (order: ResourceOrder, primary: number, secondary: number): number[] => {
  const slots: number[] = []
  order.walk(orderKey(primary, 0), 0, secondary, (slot) => {
    slots.push(slot)
    return false
  })
  return slots
}

const sorted = (entries: readonly Entry[], primary: number, secondary: number): number[] =>
  entries
    .filter((entry) => entry.primary >= primary && entry.secondary >= secondary)
    .toSorted((one, two) => one.primary - two.primary || one.secondary - two.secondary || one.slot - two.slot)
    .map(({ slot }) => slot)

describe('an order of what is left', () => {
  it('is sorted by both amounts and by slot, whatever came and went', () => {
    const someAmount = fc.integer({ min: -1, max: 5 })
    const someEntries = fc.array(fc.tuple(someAmount, someAmount, fc.boolean()), { size: 'max', maxLength: 600 })
    const property = fc.property(someEntries, someAmount, someAmount, (given, primary, secondary) => {
      const order = new ResourceOrder()
      const entries = given.map(([first, second], slot): Entry => ({ slot, primary: first, secondary: second }))
      for (const entry of entries) order.insert(orderKey(entry.primary, entry.secondary), entry.slot)
      const kept = entries.filter(({ slot }) => given[slot]![2])
      for (const entry of entries) {
        if (!given[entry.slot]![2]) order.remove(orderKey(entry.primary, entry.secondary), entry.slot)
      }
      const [least, leastOther] = [Math.max(0, primary), Math.max(0, secondary)]
      expect(walked(order, least, leastOther)).toEqual(sorted(kept, least, leastOther))
    })
    fc.assert(property, { numRuns: 50 })
  })

  it('stops a walk when it is told to', () => {
    const order = new ResourceOrder()
    for (const slot of [3, 1, 2]) order.insert(orderKey(slot, 0), slot)
    const seen: number[] = []
    order.walk(orderKey(2, 0), 0, 0, (slot) => seen.push(slot) === 1)
    expect(seen).toEqual([2])
  })

  it('says which amount a key stands for', () => {
    expect(primaryOf(orderKey(4096, 8192))).toBe(4096)
    expect(primaryOf(orderKey(0, 2 ** 40))).toBe(0)
  })

  it('knows a key that was never inserted for a mistake', () => {
    const order = new ResourceOrder()
    order.insert(orderKey(1, 1), 7)
    expect(() => order.remove(orderKey(1, 1), 8)).toThrow('slot 8 is not in the order')
  })
})
