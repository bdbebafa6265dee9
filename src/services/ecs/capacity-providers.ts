/**
 * Capacity providers: found by name or ARN, associated with clusters, and in strategies. FARGATE and FARGATE_SPOT exist in every account
 * without being kept anywhere. Rules: CapacityProviderStrategyItem in the API reference.
 */
import type { CapacityProviderStrategyItem } from '@aws-sdk/client-ecs'
import { capacityProviderArn, isArn, resourceId } from '../../model/arn.ts'
import { isFargateProvider } from '../../model/capacity-provider.ts'
import {
  CAPACITY_PROVIDERS_PER_CLUSTER,
  CAPACITY_PROVIDERS_PER_STRATEGY,
  STRATEGY_BASE,
  STRATEGY_WEIGHT,
} from '../../model/limits.ts'
import type { CapacityProviderRecord } from '../../model/service-records.ts'
import type { EcsContext } from './context.ts'
import { clientException, invalidParameter, unsupportedFeature } from './faults.ts'

/** The ARN that a name, or an ARN, stands for. */
export const capacityProviderArnOf = (
  { region, account }: Pick<EcsContext, 'region' | 'account'>,
  nameOrArn: string,
): string => (isArn(nameOrArn) ? nameOrArn : capacityProviderArn(region, account, nameOrArn))

/** The capacity provider of that name or ARN, INACTIVE ones included; undefined also for those of Fargate and of other accounts. */
export const findCapacityProvider = (context: EcsContext, nameOrArn: string): CapacityProviderRecord | undefined => {
  const arn = capacityProviderArnOf(context, nameOrArn)
  const isOwn = arn === capacityProviderArnOf(context, resourceId(arn))
  return isOwn ? context.tx.capacityProviders.get(arn) : undefined
}

/** An ACTIVE capacity provider that an operation is to change. */
export const requireCapacityProvider = (context: EcsContext, nameOrArn: string | undefined): CapacityProviderRecord => {
  if (!nameOrArn) throw clientException('The capacity provider name must not be blank.')
  if (isFargateProvider(resourceId(nameOrArn)))
    throw clientException('The specified capacity provider is reserved and cannot be changed or deleted.')
  const found = findCapacityProvider(context, nameOrArn)
  if (found?.status !== 'ACTIVE') throw clientException(NOT_FOUND)
  return found
}

const NOT_FOUND = 'The specified capacity provider was not found. Specify a valid capacity provider and try again.'

/** There is no EC2 whose instances could be managed. */
export const refuseManagedInstances = ({
  managedInstancesProvider,
}: {
  readonly managedInstancesProvider?: object | undefined
}): void => {
  if (managedInstancesProvider === undefined) return
  throw unsupportedFeature('Amazon ECS Managed Instances capacity providers are not supported.')
}

/** AWS: only providers of Managed Instances are made for one cluster. */
export const refuseCluster = ({ cluster }: { readonly cluster?: string | undefined }): void => {
  if (cluster === undefined) return
  throw clientException(
    'The cluster parameter is only supported for Amazon ECS Managed Instances capacity providers. Associate the capacity ' +
      'provider with the cluster by PutClusterCapacityProviders.',
  )
}

/** Like `refuseCluster`, for a provider that is there already. */
export const refuseScope = ({ cluster }: { readonly cluster?: string | undefined }): void => {
  if (cluster === undefined) return
  throw clientException('The specified capacity provider already exists with account or a different cluster')
}

/** The names for a cluster, each once, all of them of ACTIVE capacity providers. */
export const checkedCapacityProviders = (context: EcsContext, names: readonly string[]): readonly string[] => {
  for (const name of names) {
    if (isFargateProvider(name) || (!isArn(name) && findCapacityProvider(context, name)?.status === 'ACTIVE')) continue
    throw invalidParameter(NOT_FOUND)
  }
  const distinct = [...new Set(names)]
  if (distinct.length <= CAPACITY_PROVIDERS_PER_CLUSTER) return distinct
  throw invalidParameter(`A cluster can have a maximum of ${CAPACITY_PROVIDERS_PER_CLUSTER} capacity providers.`)
}

/** A strategy over the capacity providers that a cluster has; weight and base are filled in. */
export const checkedStrategy = (
  items: readonly CapacityProviderStrategyItem[],
  associated: readonly string[],
): readonly CapacityProviderStrategyItem[] => {
  checkSize(items)
  const checked = items.map(({ capacityProvider = '', weight = 0, base = 0 }) => {
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
  checkNotMixed(checked.map(({ capacityProvider }) => capacityProvider))
  return checked
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

const checkNotMixed = (names: readonly string[]): void => {
  if (!names.some(isFargateProvider) || names.every(isFargateProvider)) return
  throw invalidParameter(
    'A capacity provider strategy cannot contain a mix of capacity providers using Auto Scaling groups and Fargate ' +
      'providers. Specify one or the other and try again.',
  )
}
