/** UpdateCapacityProvider: changes how the Auto Scaling group of a capacity provider is managed, not which one it is. */
import type { UpdateCapacityProviderRequest, UpdateCapacityProviderResponse } from '@aws-sdk/client-ecs'
import { ANY, on } from '../access.ts'
import { updatedGroupProvider } from '../auto-scaling-group-provider.ts'
import {
  capacityProviderArnOf,
  refuseManagedInstances,
  refuseScope,
  requireCapacityProvider,
} from '../capacity-providers.ts'
import type { EcsOperation } from '../context.ts'
import { describeCapacityProvider } from '../describe-capacity-provider.ts'
import { clientException } from '../faults.ts'
import { passInfrastructureRoles } from '../pass-role.ts'

export const updateCapacityProvider: EcsOperation<UpdateCapacityProviderRequest, UpdateCapacityProviderResponse> = {
  access: ({ name = ANY, ...input }, context) => [
    on(context.tx, capacityProviderArnOf(context, name)),
    ...passInfrastructureRoles(context, input),
  ],
  handle: (input, context) => {
    refuseManagedInstances(input)
    if (!input.name) throw clientException('A name is required when updating a capacity provider.')
    const provider = requireCapacityProvider(context, input.name)
    refuseScope(input)
    const updated = context.tx.capacityProviders.update(provider.capacityProviderArn, {
      autoScalingGroupProvider: updatedGroupProvider(
        provider.autoScalingGroupProvider,
        input.autoScalingGroupProvider ?? {},
      ),
      updateStatus: 'UPDATE_COMPLETE',
    })
    return { capacityProvider: describeCapacityProvider(updated) }
  },
}
