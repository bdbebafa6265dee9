/**
 * DescribeCapacityProviders: those that are named, deleted ones included; all others, or those of a cluster, where none is. FARGATE and
 * FARGATE_SPOT are always there. What is not found is a failure in the answer.
 */
import type {
  CapacityProvider,
  DescribeCapacityProvidersRequest,
  DescribeCapacityProvidersResponse,
} from '@aws-sdk/client-ecs'
import { CAPACITY_PROVIDERS_PAGE_SIZE, DESCRIBE_ITEMS } from '../../../model/limits.ts'
import { onEach } from '../access.ts'
import { capacityProviderArnOf } from '../capacity-providers.ts'
import type { EcsContext, EcsOperation } from '../context.ts'
import { describeCapacityProvider, describeFargateProviders } from '../describe-capacity-provider.ts'
import { ecsEnums, eachOneOf } from '../enums.ts'
import { invalidParameter } from '../faults.ts'
import { requireCluster } from '../lookups.ts'
import { page } from '../page.ts'

const PAGE = { defaultSize: CAPACITY_PROVIDERS_PAGE_SIZE, maxSize: CAPACITY_PROVIDERS_PAGE_SIZE }

export const describeCapacityProviders: EcsOperation<
  DescribeCapacityProvidersRequest,
  DescribeCapacityProvidersResponse
> = {
  access: ({ capacityProviders }, context) =>
    onEach(context, capacityProviders, (name) => capacityProviderArnOf(context, name)),
  handle: (input, context) => {
    const named = input.capacityProviders ?? []
    if (named.length > DESCRIBE_ITEMS)
      throw invalidParameter(`capacityProviders can have at most ${DESCRIBE_ITEMS} items.`)
    const visible = visibleProviders(input, context)
    const arns = named.length === 0 ? activeArns(visible) : named.map((name) => capacityProviderArnOf(context, name))
    const found = [...new Set(arns)].flatMap((arn) => visible.get(arn) ?? [])
    const scope = JSON.stringify(['DescribeCapacityProviders', named, input.cluster])
    const { items, nextToken } = page(context, scope, found, input, ({ name = '' }) => name, PAGE)
    return {
      capacityProviders: [...items],
      failures: arns.filter((arn) => !visible.has(arn)).map((arn) => ({ arn, reason: 'MISSING' })),
      ...(nextToken !== undefined && { nextToken }),
    }
  },
}

/** What the caller's account has, or one of its clusters, by ARN. */
const visibleProviders = (
  { include, cluster: clusterName }: DescribeCapacityProvidersRequest,
  context: EcsContext,
): ReadonlyMap<string, CapacityProvider> => {
  const withTags = eachOneOf('include', include, ecsEnums.CapacityProviderField).has('TAGS')
  const cluster = clusterName === undefined ? undefined : requireCluster(context, clusterName)
  const own = capacityProviderArnOf(context, '')
  const kept = [...context.tx.capacityProviders.rows()].filter((row) => row.capacityProviderArn.startsWith(own))
  const all = [...describeFargateProviders(context), ...kept.map((row) => describeCapacityProvider(row, withTags))]
  const shown = all.filter(({ name = '' }) => cluster === undefined || cluster.capacityProviders.includes(name))
  return new Map(shown.map((provider) => [provider.capacityProviderArn ?? '', provider]))
}

const activeArns = (providers: ReadonlyMap<string, CapacityProvider>): string[] =>
  [...providers].flatMap(([arn, { status }]) => (status === 'ACTIVE' ? [arn] : []))
