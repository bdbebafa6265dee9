/** CreateCapacityProvider: a name for the container instances of an Auto Scaling group. PutClusterCapacityProviders gives it to clusters. */
import type { CreateCapacityProviderRequest, CreateCapacityProviderResponse } from '@aws-sdk/client-ecs'
import { groupNameOf } from '../../../model/capacity-provider.ts'
import type { CapacityProviderRecord } from '../../../model/service-records.ts'
import { ANY, creating, on } from '../access.ts'
import { checkedGroupProvider } from '../auto-scaling-group-provider.ts'
import { capacityProviderArnOf, refuseCluster, refuseManagedInstances } from '../capacity-providers.ts'
import type { EcsContext, EcsOperation } from '../context.ts'
import { describeCapacityProvider } from '../describe-capacity-provider.ts'
import { clientException } from '../faults.ts'
import { ECS_NAME } from '../lookups.ts'
import { passInfrastructureRoles } from '../pass-role.ts'
import { checkedTags } from '../tags.ts'

export const createCapacityProvider: EcsOperation<CreateCapacityProviderRequest, CreateCapacityProviderResponse> = {
  access: ({ name = ANY, tags, ...input }, context) => [
    ...creating(context, 'CreateCapacityProvider', tags, on(context.tx, capacityProviderArnOf(context, name))),
    ...passInfrastructureRoles(context, input),
  ],
  handle: (input, context) => {
    refuseManagedInstances(input)
    refuseCluster(input)
    const { capacityProviders } = context.tx
    const wanted = providerOf(input, context)
    if (capacityProviders.get(wanted.capacityProviderArn)?.status === 'ACTIVE') {
      throw clientException(
        'The specified capacity provider already exists. To change the configuration of an existing capacity provider, ' +
          'update the capacity provider.',
      )
    }
    checkGroupIsFree(context, wanted)
    return { capacityProvider: describeCapacityProvider(capacityProviders.put(wanted)) }
  },
}

const providerOf = (input: CreateCapacityProviderRequest, context: EcsContext): CapacityProviderRecord => {
  const { autoScalingGroupProvider, tags } = input
  const name = checkedName(input.name)
  if (autoScalingGroupProvider === undefined)
    throw clientException('The Auto Scaling group provider details are required when creating a capacity provider.')
  return {
    capacityProviderArn: capacityProviderArnOf(context, name),
    name,
    status: 'ACTIVE',
    updateStatus: 'CREATE_COMPLETE',
    autoScalingGroupProvider: checkedGroupProvider(autoScalingGroupProvider),
    createdAt: context.now,
    tags: checkedTags(tags),
  }
}

const checkedName = (name: string | undefined): string => {
  if (!name) throw clientException('CapacityProvider name must not be blank')
  if (ECS_NAME.test(name) && !/^(aws|ecs|fargate)/i.test(name)) return name
  throw clientException(
    'The specified capacity provider name is invalid. Up to 255 characters are allowed, including letters (upper and ' +
      'lowercase), numbers, underscores, and hyphens. The name cannot be prefixed with "aws", "ecs", or "fargate". ' +
      'Specify a valid name and try again.',
  )
}

const checkGroupIsFree = ({ tx, region, account }: EcsContext, wanted: CapacityProviderRecord): void => {
  const own = capacityProviderArnOf({ region, account }, '')
  for (const other of tx.capacityProviders.rows()) {
    if (other.status !== 'ACTIVE' || !other.capacityProviderArn.startsWith(own)) continue
    if (groupNameOf(other) !== groupNameOf(wanted)) continue
    throw clientException(
      'The specified Auto Scaling group ARN is already being used by another capacity provider. Specify a unique Auto ' +
        'Scaling group ARN and try again.',
    )
  }
}
