import type { CapacityProviderStrategyItem } from '@aws-sdk/client-ecs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hasProviderForAll, nextProvider, providerCounts } from './capacity-provider-strategy.ts'

const strategyOf = (base: number, ...weights: readonly number[]): CapacityProviderStrategyItem[] =>
  weights.map((weight, index) => ({ capacityProvider: `cp${index}`, weight, ...(index === 0 ? { base } : {}) }))

const counts = (strategy: readonly CapacityProviderStrategyItem[], count: number): number[] => [
  ...providerCounts(strategy, count).values(),
]

const someStrategy = fc
  .tuple(fc.nat({ max: 10 }), fc.array(fc.nat({ max: 1000 }), { minLength: 1, maxLength: 20 }))
  .map(([base, weights]) => strategyOf(base, ...weights))
  .filter(hasProviderForAll)

const someCount = fc.nat({ max: 300 })

describe('providerCounts', () => {
  it('gives the base first and the rest by weight', () => {
    expect(counts(strategyOf(0, 1, 1), 10)).toEqual([5, 5])
    expect(counts(strategyOf(0, 1, 4), 10)).toEqual([2, 8])
    expect(counts(strategyOf(3, 0, 1), 10)).toEqual([3, 7])
    expect(counts(strategyOf(2, 1, 1), 4)).toEqual([3, 1])
    expect(counts(strategyOf(20, 1, 1), 10)).toEqual([10, 0])
  })

  it('gives all tasks to a provider that is alone, whatever its weight', () => {
    expect(counts(strategyOf(0, 0), 3)).toEqual([3])
    expect(counts([{ capacityProvider: 'cp0' }], 3)).toEqual([3])
  })

  it('gives none to a provider without weight but its base', () => {
    expect(counts(strategyOf(0, 0, 1), 5)).toEqual([0, 5])
  })

  it('gives every task a provider', () => {
    fc.assert(
      fc.property(someStrategy, someCount, (strategy, count) => {
        expect(counts(strategy, count).reduce((total, each) => total + each, 0)).toBe(count)
      }),
    )
  })

  it('gives one task more to one provider, and takes from none', () => {
    fc.assert(
      fc.property(someStrategy, someCount, (strategy, count) => {
        const [fewer, more] = [counts(strategy, count), counts(strategy, count + 1)]
        const differences = more.map((each, index) => each - fewer[index]!).toSorted((a, b) => a - b)
        expect(differences).toEqual([...Array<number>(strategy.length - 1).fill(0), 1])
      }),
    )
  })

  it('keeps every provider within one task of its share', () => {
    fc.assert(
      fc.property(someStrategy, someCount, (strategy, count) => {
        const weights = strategy.map(({ weight = 0 }) => (strategy.length === 1 ? 1 : weight))
        const total = weights.reduce((sum, weight) => sum + weight, 0)
        const base = Math.min(strategy[0]?.base ?? 0, count)
        const shares = weights.map((weight) => ((count - base) * weight) / total)
        const distances = counts(strategy, count).map((each, i) => Math.abs(each - (i === 0 ? base : 0) - shares[i]!))
        expect(Math.max(...distances)).toBeLessThan(1)
      }),
    )
  })
})

describe('nextProvider', () => {
  it('makes up for what a provider lost', () => {
    const has = new Map([
      ['cp0', 4],
      ['cp1', 1],
    ])
    expect(nextProvider(strategyOf(0, 1, 1), has)).toBe('cp1')
    expect(nextProvider(strategyOf(5, 1, 1), has)).toBe('cp0')
  })

  it('pays no heed to tasks of providers that the strategy does not have', () => {
    expect(nextProvider(strategyOf(0, 1, 1), new Map([['other', 9]]))).toBe('cp0')
  })
})

describe('hasProviderForAll', () => {
  it('is false for several providers without weight', () => {
    expect(hasProviderForAll(strategyOf(1, 0, 0))).toBe(false)
    expect(hasProviderForAll(strategyOf(1, 0))).toBe(true)
  })
})
