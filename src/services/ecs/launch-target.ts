/**
 * On what tasks run: a launch type, or capacity providers and, of one RunTask, how many tasks each of them gets.
 * Rules: capacityProviderStrategy and launchType of RunTask and CreateService, CapacityProviderStrategyItem in the API reference.
 */
import type { CapacityProviderStrategyItem, RunTaskRequest } from '@aws-sdk/client-ecs'
import { isFargateProvider } from '../../model/capacity-provider.ts'
import type { ClusterRecord, TaskDefinitionRecord } from '../../model/records.ts'
import type { LaunchType } from '../../model/task-reservation.ts'
import { hasProviderForAll, nextProvider } from '../../scheduler/capacity-provider-strategy.ts'
import { checkedStrategy } from './capacity-providers.ts'
import { oneOf } from './enums.ts'
import { invalidParameter } from './faults.ts'

/** A launch type; or a strategy over capacity providers, where the launch type says what its tasks count as. */
export interface Capacity {
  readonly launchType: LaunchType
  /** Empty: the launch type decides. */
  readonly capacityProviderStrategy: readonly CapacityProviderStrategyItem[]
}

export interface LaunchTarget {
  readonly launchType: LaunchType
  /** One name per task; absent without capacity providers. */
  readonly capacityProviderNames?: readonly string[]
}

interface CapacityRequest {
  readonly launchType?: RunTaskRequest['launchType']
  readonly capacityProviderStrategy?: readonly CapacityProviderStrategyItem[] | undefined
}

/** Launch types that there is capacity for; the SDK knows one more. */
const LAUNCH_TYPES = { EC2: 'EC2', FARGATE: 'FARGATE', EXTERNAL: 'EXTERNAL' } as const

/** What the request names; the cluster's default strategy where it names nothing. */
export const checkedCapacity = (
  { launchType, capacityProviderStrategy }: CapacityRequest,
  cluster: ClusterRecord,
): Capacity => {
  if (launchType !== undefined && capacityProviderStrategy?.length)
    throw invalidParameter(
      'Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.',
    )
  if (launchType !== undefined)
    return { launchType: oneOf('launchType', launchType, LAUNCH_TYPES), capacityProviderStrategy: [] }
  const strategy = capacityProviderStrategy?.length
    ? checkedStrategy(capacityProviderStrategy, cluster.capacityProviders)
    : cluster.defaultCapacityProviderStrategy
  if (strategy.length > 0 && !hasProviderForAll(strategy))
    throw invalidParameter(
      'The specified capacity provider strategy must contain at least one capacity provider with a weight greater than 0.',
    )
  return { launchType: launchTypeOf(strategy), capacityProviderStrategy: strategy }
}

/** What tasks of a strategy count as. AWS: those on instances of an Auto Scaling group are EC2's. */
const launchTypeOf = ([first]: readonly CapacityProviderStrategyItem[]): LaunchType =>
  isFargateProvider(first?.capacityProvider ?? '') ? 'FARGATE' : 'EC2'

/** Where `count` tasks go. */
export const launchTarget = (request: CapacityRequest, cluster: ClusterRecord, count: number): LaunchTarget => {
  const { launchType, capacityProviderStrategy } = checkedCapacity(request, cluster)
  if (capacityProviderStrategy.length === 0) return { launchType }
  return { launchType, capacityProviderNames: distribute(capacityProviderStrategy, count) }
}

/** A provider per task, in the order of the strategy. */
const distribute = (strategy: readonly CapacityProviderStrategyItem[], count: number): readonly string[] => {
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
