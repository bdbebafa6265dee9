/** Rules on capacity providers that need nothing but their records. */
import { PROVISIONING_TASKS_PER_CLUSTER } from './limits.ts'
import type { CapacityProviderRecord } from './service-records.ts'

/** They exist in every account, and no machine belongs to them. */
export const FARGATE_PROVIDERS = ['FARGATE', 'FARGATE_SPOT'] as const

export const isFargateProvider = (name: string): boolean => (FARGATE_PROVIDERS as readonly string[]).includes(name)

/** The attribute of a container instance that says in which Auto Scaling group its machine is. */
export const GROUP_ATTRIBUTE = 'aws.autoscaling.groupName'

/** The name of a provider's Auto Scaling group, which is known by its ARN or its name. */
export const groupNameOf = ({ autoScalingGroupProvider }: CapacityProviderRecord): string =>
  (autoScalingGroupProvider.autoScalingGroupArn ?? '').replace(/^arn:.*:autoScalingGroupName\//, '')

/**
 * If a task that fits nowhere now waits in PROVISIONING for capacity of the provider, in the place of failing. `provider`: undefined
 * without one, and for FARGATE and FARGATE_SPOT.
 */
export const canWait = (provider: CapacityProviderRecord | undefined): boolean =>
  provider?.autoScalingGroupProvider.managedScaling?.status === 'ENABLED'

/** How many more tasks of a cluster may wait, where so many do. */
export const waitingRoom = (waitingCount: number): number => Math.max(0, PROVISIONING_TASKS_PER_CLUSTER - waitingCount)
