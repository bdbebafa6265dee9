import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SortedKeys } from './sorted-keys.ts'

const filled = (keys: Iterable<string>): SortedKeys => {
  const sorted = new SortedKeys()
  for (const key of keys) sorted.add(key)
  return sorted
}
const numbered = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => String(index).padStart(6, '0'))

describe('SortedKeys', () => {
  it('gives keys in order whatever order they came in', () => {
    const keys = numbered(5000)
    const shuffled = keys.map((key, index) => keys[(index * 2903) % keys.length] ?? key)
    expect([...filled(shuffled)]).toEqual(keys)
    expect([...filled(keys.toReversed())]).toEqual(keys)
  })

  it('goes on after a key, and after where a key was', () => {
    const sorted = filled(numbered(2000))
    expect(sorted.after('000999').next().value).toBe('001000')
    sorted.delete('000999')
    expect(sorted.after('000999').next().value).toBe('001000')
    expect([...sorted.after('001999')]).toEqual([])
    expect([...new SortedKeys().after('x')]).toEqual([])
  })

  it('behaves like a sorted set', () => {
    const key = fc.integer({ min: 0, max: 3000 }).map((number) => String(number).padStart(5, '0'))
    const step = fc.record({ add: fc.boolean(), key })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 4000 }), key, (steps, position) => {
        const sorted = new SortedKeys()
        const model = new Set<string>()
        for (const { add, key: changed } of steps) {
          if (add) model.add(changed)
          else model.delete(changed)
          if (add) sorted.add(changed)
          else sorted.delete(changed)
        }
        const expected = [...model].sort()
        expect(sorted.size).toBe(model.size)
        expect([...sorted]).toEqual(expected)
        expect([...sorted.after(position)]).toEqual(expected.filter((candidate) => candidate > position))
      }),
      { numRuns: 30 },
    )
  })
})
