import { describe, expect, it } from 'vitest'
import { SeededIds } from '../../../kit/ids.ts'
import { Sample } from './sample.ts'

const aSample = (given: object = {}) => new Sample<number>(new SeededIds(7), { items: 10, bytes: 1000, ...given })
const add = (sample: Sample<number>, count: number, bytes = 1) => {
  for (let item = 0; item < count; item++) sample.add(item, bytes)
}

describe('a sample', () => {
  it('is everything, if that is not too much, and then begins anew', () => {
    const sample = aSample()
    add(sample, 10)
    expect(sample.take()).toEqual({ items: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], isSample: false })
    expect(sample.take()).toEqual({ items: [], isSample: false })
  })

  it('is of everything alike, in order', () => {
    const sample = aSample({ items: 500 })
    add(sample, 100_000)
    const { items, isSample } = sample.take()
    expect([items.length, isSample]).toEqual([500, true])
    expect(items).toEqual(items.toSorted((one, other) => one - other))
    const mean = items.reduce((sum, item) => sum + item, 0) / 500
    expect(Math.abs(mean - 50_000)).toBeLessThan(5000)
  })

  it('has no more bytes than it may', () => {
    const sample = aSample()
    add(sample, 5, 300)
    expect(sample.take()).toEqual({ items: [0, 1, 2], isSample: true })
  })
})
