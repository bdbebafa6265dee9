/**
 * On what the tasks of one RunTask run: a launch type, or capacity providers and how many tasks each of them gets.
 * Rules: capacityProviderStrategy and launchType of RunTask, CapacityProviderStrategyItem in the API reference.
 */
import type { CapacityProviderStrategyItem, RunTaskRequest } from '@aws-sdk/client-ecs'
import { isFargateProvider } from '../../model/capacity-provider.ts'
import type { ClusterRecord, TaskDefinitionRecord } from '../../model/records.ts'
import type { LaunchType } from '../../model/task-reservation.ts'
import { hasProviderForAll, nextProvider } from '../../scheduler/capacity-provider-strategy.ts'
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
  return { launchType: launchTypeOf(strategy), capacityProviderNames: distribute(strategy, count) }
}

/** What tasks of a strategy count as. AWS: those on instances of an Auto Scaling group are EC2's. */
const launchTypeOf = ([first]: readonly CapacityProviderStrategyItem[]): LaunchType =>
  isFargateProvider(first?.capacityProvider ?? '') ? 'FARGATE' : 'EC2'

/** A provider per task, in the order of the strategy. */
const distribute = (strategy: readonly CapacityProviderStrategyItem[], count: number): readonly string[] => {
  if (!hasProviderForAll(strategy))
    throw invalidParameter(
      'The specified capacity provider strategy must contain at least one capacity provider with a weight greater than 0.',
    )
  const counts = new Map<string, number>()
  return Array.from({ length: count }, () => {
    const name = nextProvider(strategy, counts)
    counts.set(name, (counts.get(name) ?? 0) + 1)
    return name
  })
}

/** The definition must have been found compatible when it was registered. */
export const checkCompatible = ({ compatibilities }: TaskDefinitionRecord, launchType: LaunchType): void => {
  if (!compatibilities.includes(launchType))
    throw invalidParameter(`Task definition does not support launch_type ${launchType}.`)
}
