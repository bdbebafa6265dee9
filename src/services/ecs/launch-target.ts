/**
 * On what the tasks of one RunTask run: a launch type, or capacity providers and how many tasks each of them gets.
 * Rules: capacityProviderStrategy and launchType of RunTask, CapacityProviderStrategyItem in the API reference.
 */
import type { CapacityProviderStrategyItem, RunTaskRequest } from '@aws-sdk/client-ecs'
import type { ClusterRecord, TaskDefinitionRecord } from '../../model/records.ts'
import type { LaunchType } from '../../model/task-reservation.ts'
import { checkedStrategy } from './capacity-providers.ts'
import { oneOf } from './enums.ts'
import { invalidParameter } from './faults.ts'

export interface LaunchTarget {
  readonly launchType: LaunchType
  /** One name per task; absent without capacity providers. */
  readonly capacityProviderNames?: readonly string[]
}

/** Launch types that there is capacity for; the SDK knows one more. */
export const LAUNCH_TYPES = { EC2: 'EC2', FARGATE: 'FARGATE', EXTERNAL: 'EXTERNAL' } as const

/** Where `count` tasks go; the cluster's default strategy counts where the request names nothing. */
export const launchTarget = (
  { launchType, capacityProviderStrategy }: Pick<RunTaskRequest, 'launchType' | 'capacityProviderStrategy'>,
  cluster: ClusterRecord,
  count: number,
): LaunchTarget => {
  if (launchType !== undefined && capacityProviderStrategy?.length)
    throw invalidParameter(
      'Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.',
    )
  if (launchType !== undefined) return { launchType: oneOf('launchType', launchType, LAUNCH_TYPES) }
  const strategy = capacityProviderStrategy?.length
    ? checkedStrategy(capacityProviderStrategy, cluster.capacityProviders)
    : cluster.defaultCapacityProviderStrategy
  if (strategy.length === 0) return { launchType: 'EC2' }
  // All capacity providers that there are belong to Fargate.
  return { launchType: 'FARGATE', capacityProviderNames: distribute(strategy, count) }
}

interface Share {
  readonly name: string
  readonly weight: number
  readonly base: number
  /** Tasks given for its weight, those for its base left out. */
  weighted: number
}

/** A provider per task: the base first, then each task to the provider that is furthest behind its weight. */
const distribute = (strategy: readonly CapacityProviderStrategyItem[], count: number): readonly string[] => {
  const shares = strategy.map((item) => shareOf(item, strategy.length === 1))
  const weighted = shares.filter(({ weight }) => weight > 0)
  if (weighted.length === 0)
    throw invalidParameter(
      'The specified capacity provider strategy must contain at least one capacity provider with a weight greater than 0.',
    )
  const names = shares.flatMap(({ name, base }) => Array<string>(Math.min(base, count)).fill(name)).slice(0, count)
  while (names.length < count) {
    const next = weighted.reduce((best, share) => (nextLoad(share) < nextLoad(best) ? share : best))
    next.weighted++
    names.push(next.name)
  }
  return names
}

/** AWS: a provider that is alone needs no weight. */
const shareOf = (
  { capacityProvider = '', weight = 0, base = 0 }: CapacityProviderStrategyItem,
  isAlone: boolean,
): Share => ({ name: capacityProvider, weight: isAlone ? 1 : weight, base, weighted: 0 })

/** Tasks per weight that a provider would have with one more. */
const nextLoad = ({ weighted, weight }: Share): number => (weighted + 1) / weight

/** The definition must have been found compatible when it was registered. */
export const checkCompatible = ({ compatibilities }: TaskDefinitionRecord, launchType: LaunchType): void => {
  if (!compatibilities.includes(launchType))
    throw invalidParameter(`Task definition does not support launch_type ${launchType}.`)
}
