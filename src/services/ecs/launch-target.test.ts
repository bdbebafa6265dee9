import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { aCluster } from '../../../test/builders/a-cluster.ts'
import { launchTarget } from './launch-target.ts'

const cluster = aCluster({ capacityProviders: ['FARGATE', 'FARGATE_SPOT'] })
const strategy = (base: number, weights: readonly [number, number]) => [
  { capacityProvider: 'FARGATE', base, weight: weights[0] },
  { capacityProvider: 'FARGATE_SPOT', weight: weights[1] },
]
const counts = (names: readonly string[] = []) => [
  names.filter((name) => name === 'FARGATE').length,
  names.filter((name) => name === 'FARGATE_SPOT').length,
]
const distribute = (base: number, weights: readonly [number, number], count: number) =>
  counts(launchTarget({ capacityProviderStrategy: strategy(base, weights) }, cluster, count).capacityProviderNames)

describe('launchTarget', () => {
  it('is EC2 where nothing says otherwise', () => {
    expect(launchTarget({}, cluster, 1)).toEqual({ launchType: 'EC2' })
  })

  it('is the launch type of the request', () => {
    const withDefault = { ...cluster, defaultCapacityProviderStrategy: strategy(0, [1, 1]) }
    expect(launchTarget({ launchType: 'EXTERNAL' }, withDefault, 1)).toEqual({ launchType: 'EXTERNAL' })
  })

  it('gives the base first and the rest by weight', () => {
    expect(distribute(0, [1, 1], 10)).toEqual([5, 5])
    expect(distribute(0, [1, 4], 10)).toEqual([2, 8])
    expect(distribute(3, [0, 1], 10)).toEqual([3, 7])
    expect(distribute(20, [1, 1], 10)).toEqual([10, 0])
  })

  it('gives all tasks to a provider that is alone, whatever its weight', () => {
    const alone = [{ capacityProvider: 'FARGATE_SPOT' }]
    expect(counts(launchTarget({ capacityProviderStrategy: alone }, cluster, 3).capacityProviderNames)).toEqual([0, 3])
  })

  it('refuses a strategy in which nothing has a weight', () => {
    expect(() => distribute(1, [0, 0], 1)).toThrow('at least one capacity provider with a weight greater than 0')
  })

  it('gives every task a provider, each within one task of its share', () => {
    const weight = fc.integer({ min: 1, max: 1000 })
    fc.assert(
      fc.property(weight, weight, fc.integer({ min: 1, max: 10 }), (first, second, count) => {
        const [fargate = 0, spot = 0] = distribute(0, [first, second], count)
        expect(fargate + spot).toBe(count)
        expect(Math.abs(fargate - (count * first) / (first + second))).toBeLessThanOrEqual(1)
      }),
    )
  })
})
