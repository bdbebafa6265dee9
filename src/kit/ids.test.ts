import { describe, expect, it } from 'vitest'
import { type Ids, SeededIds, SystemIds } from './ids.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

const checkShapes = (ids: Ids): void => {
  for (let round = 0; round < 300; round++) {
    expect(ids.hex32()).toMatch(/^[0-9a-f]{32}$/)
    expect(ids.orderedHex32(1_800_000_000_000 + round)).toMatch(/^[0-9a-f]{32}$/)
    expect(ids.uuid()).toMatch(UUID)
    const number = ids.random()
    expect(number).toBeGreaterThanOrEqual(0)
    expect(number).toBeLessThan(1)
  }
}

describe('ids', () => {
  it('have the shapes that ECS uses, from the system', () => {
    checkShapes(new SystemIds())
  })

  it('have the shapes that ECS uses, from a seed', () => {
    checkShapes(new SeededIds(7))
  })

  it('do not repeat', () => {
    const ids = new SystemIds()
    expect(new Set(Array.from({ length: 10_000 }, () => ids.hex32())).size).toBe(10_000)
  })

  it('stand in the order of their times when they are to', () => {
    for (const ids of [new SystemIds(), new SeededIds(7)]) {
      const ordered = Array.from({ length: 1000 }, (_, index) => ids.orderedHex32(1_800_000_000_000 + index))
      expect(ordered.toSorted()).toEqual(ordered)
      expect(ids.orderedHex32(5)).not.toBe(ids.orderedHex32(5))
    }
  })

  it('repeat exactly from the same seed', () => {
    const draw = (seed: number): string[] => {
      const ids = new SeededIds(seed)
      return [ids.hex32(), ids.uuid(), String(ids.random())]
    }
    expect(draw(1)).toEqual(draw(1))
    expect(draw(1)).not.toEqual(draw(2))
  })
})
