/** From a capacity provider's record to the SDK's shape; and those of Fargate, which have no record. */
import type { CapacityProvider } from '@aws-sdk/client-ecs'
import { FARGATE_PROVIDERS } from '../../model/capacity-provider.ts'
import type { CapacityProviderRecord } from '../../model/service-records.ts'
import { capacityProviderArnOf } from './capacity-providers.ts'
import type { EcsContext } from './context.ts'

/** `withTags`: whether tags are shown, or an empty list in their place. */
export const describeCapacityProvider = (
  { capacityProviderArn, name, status, updateStatus, autoScalingGroupProvider, tags }: CapacityProviderRecord,
  withTags = true,
): CapacityProvider => ({
  capacityProviderArn,
  name,
  status,
  autoScalingGroupProvider,
  ...(updateStatus !== undefined && { updateStatus }),
  tags: withTags ? [...tags] : [],
  type: 'EC2_AUTOSCALING',
})

export const describeFargateProviders = (context: EcsContext): CapacityProvider[] =>
  FARGATE_PROVIDERS.map((name) => ({
    capacityProviderArn: capacityProviderArnOf(context, name),
    name,
    status: 'ACTIVE',
    tags: [],
    type: name,
  }))
