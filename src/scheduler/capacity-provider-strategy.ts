/**
 * How tasks are shared out between the capacity providers of a strategy: the base first, the rest by weight. Pure.
 * Rules: CapacityProviderStrategyItem in the ECS API reference.
 */
import type { CapacityProviderStrategyItem } from '@aws-sdk/client-ecs'
import { defined } from '../kit/assert.ts'

interface Share {
  readonly name: string
  readonly base: number
  readonly weight: number
}

/** How many of `count` tasks each provider of the strategy gets; one task more is one more for one provider. */
export const providerCounts = (
  strategy: readonly CapacityProviderStrategyItem[],
  count: number,
): ReadonlyMap<string, number> => {
  const counts = new Map(strategy.map(({ capacityProvider = '' }) => [capacityProvider, 0]))
  for (let placed = 0; placed < count; placed++) {
    const name = nextProvider(strategy, counts)
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return counts
}

/** The provider of the next task where `counts` says how many each has. The strategy must be one that `hasProviderForAll`. */
export const nextProvider = (
  strategy: readonly CapacityProviderStrategyItem[],
  counts: ReadonlyMap<string, number>,
): string => {
  const shares = sharesOf(strategy)
  const lacking = shares.find(({ name, base }) => (counts.get(name) ?? 0) < base)
  return (lacking ?? mostBehind(shares, counts)).name
}

/** False: no provider of the strategy has a weight, so that tasks beyond the base go nowhere. */
export const hasProviderForAll = (strategy: readonly CapacityProviderStrategyItem[]): boolean =>
  sharesOf(strategy).some(({ weight }) => weight > 0)

/** AWS: a provider that is alone needs no weight. */
const sharesOf = (strategy: readonly CapacityProviderStrategyItem[]): readonly Share[] =>
  strategy.map(({ capacityProvider: name = '', base = 0, weight = 0 }) => ({
    name,
    base,
    weight: strategy.length === 1 ? 1 : weight,
  }))

/**
 * Of those that with one task more in all have fewer than their exact share, the one that would first fall behind by a whole task:
 * earliest deadline first, which keeps everyone within one task of the share at every count.
 */
const mostBehind = (shares: readonly Share[], counts: ReadonlyMap<string, number>): Share => {
  const weighted = ({ name, base }: Share): number => Math.max(0, (counts.get(name) ?? 0) - base)
  const candidates = shares.filter(({ weight }) => weight > 0)
  const totalWeight = candidates.reduce((total, { weight }) => total + weight, 0)
  const totalCount = candidates.reduce((total, share) => total + weighted(share), 0) + 1
  const deadline = (share: Share): number => Math.ceil(((weighted(share) + 1) * totalWeight) / share.weight)
  let best: Share | undefined
  for (const share of candidates) {
    if (weighted(share) * totalWeight >= share.weight * totalCount) continue
    if (best === undefined || deadline(share) < deadline(best)) best = share
  }
  return defined(best, 'a capacity provider with a weight')
}
