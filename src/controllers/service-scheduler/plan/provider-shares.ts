/** The shares of capacity providers in a group of tasks: who is behind, who is ahead. */
import type { CapacityProviderStrategyItem } from '@aws-sdk/client-ecs'
import { providerCounts } from '../../../scheduler/capacity-provider-strategy.ts'
import type { Start, TaskFacts } from './types.ts'
import { countBy } from './zones.ts'

export const providerOf = ({ capacityProviderName = '' }: TaskFacts): string => capacityProviderName

/** Tasks that each provider has more than its share; negative for those that are behind. Empty where a launch type decides. */
export const providerLeads = (
  strategy: readonly CapacityProviderStrategyItem[],
  desiredCount: number,
  tasks: readonly TaskFacts[],
): Map<string, number> => {
  if (strategy.length === 0) return new Map()
  const leads = countBy(tasks, providerOf)
  for (const [name, share] of providerCounts(strategy, desiredCount)) leads.set(name, (leads.get(name) ?? 0) - share)
  return leads
}

/** `count` starts, each for the provider that is then furthest behind its share; the earlier in the strategy if several are. */
export const splitStarts = (
  strategy: readonly CapacityProviderStrategyItem[],
  desiredCount: number,
  keepers: readonly TaskFacts[],
  { holderId, count }: Start,
): readonly Start[] => {
  if (count === 0) return []
  if (strategy.length === 0) return [{ holderId, count }]
  const leads = providerLeads(strategy, desiredCount, keepers)
  const names = strategy.map(({ capacityProvider = '' }) => capacityProvider)
  const starts = new Map(names.map((name) => [name, 0]))
  for (let split = 0; split < count; split++) {
    const name = names.reduce((best, other) => ((leads.get(other) ?? 0) < (leads.get(best) ?? 0) ? other : best))
    leads.set(name, (leads.get(name) ?? 0) + 1)
    starts.set(name, (starts.get(name) ?? 0) + 1)
  }
  return [...starts].flatMap(([capacityProviderName, share]) =>
    share === 0 ? [] : [{ holderId, count: share, capacityProviderName }],
  )
}
