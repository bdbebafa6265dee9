/**
 * Which capacity providers a cluster may have, and strategies over them. FARGATE and FARGATE_SPOT exist in every account; there
 * are no others. Rules: CapacityProviderStrategyItem in the API reference.
 */
import type { CapacityProviderStrategyItem } from '@aws-sdk/client-ecs'
import { CAPACITY_PROVIDERS_PER_STRATEGY, STRATEGY_BASE, STRATEGY_WEIGHT } from '../../model/limits.ts'
import { invalidParameter } from './faults.ts'

const KNOWN: ReadonlySet<string> = new Set(['FARGATE', 'FARGATE_SPOT'])

/** The names, each once, all of them known. */
export const checkedCapacityProviders = (names: readonly string[]): readonly string[] => {
  for (const name of names) {
    if (KNOWN.has(name)) continue
    throw invalidParameter(
      'The specified capacity provider was not found. Specify a valid capacity provider and try again.',
    )
  }
  return [...new Set(names)]
}

/** A strategy over the capacity providers that a cluster has; weight and base are filled in. */
export const checkedStrategy = (
  items: readonly CapacityProviderStrategyItem[],
  associated: readonly string[],
): readonly CapacityProviderStrategyItem[] => {
  checkSize(items)
  return items.map(({ capacityProvider = '', weight = 0, base = 0 }) => {
    if (!associated.includes(capacityProvider)) {
      throw invalidParameter(
        'The specified capacity provider strategy cannot contain a capacity provider that is not associated with the ' +
          'cluster. Associate the capacity provider with the cluster and try again.',
      )
    }
    checkRange('weight', weight, STRATEGY_WEIGHT)
    checkRange('base', base, STRATEGY_BASE)
    return { capacityProvider, weight, base }
  })
}

const checkSize = (items: readonly CapacityProviderStrategyItem[]): void => {
  if (items.length > CAPACITY_PROVIDERS_PER_STRATEGY) {
    throw invalidParameter(
      `A capacity provider strategy can contain a maximum of ${CAPACITY_PROVIDERS_PER_STRATEGY} capacity providers.`,
    )
  }
  if (new Set(items.map(({ capacityProvider }) => capacityProvider)).size < items.length) {
    throw invalidParameter('The specified capacity provider strategy contains duplicate capacity providers.')
  }
  if (items.filter(({ base = 0 }) => base > 0).length > 1) {
    throw invalidParameter('Only one capacity provider in a capacity provider strategy can have a base defined.')
  }
}

const checkRange = (member: string, value: number, max: number): void => {
  if (value < 0 || value > max) throw invalidParameter(`The capacity provider ${member} must be between 0 and ${max}.`)
}
