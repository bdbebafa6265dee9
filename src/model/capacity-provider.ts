/** Rules on capacity providers that need nothing but their records. */
import type { CapacityProviderRecord } from './service-records.ts'

/**
 * If a task that fits nowhere now waits in PROVISIONING for capacity of the provider, in the place of failing. `provider`: undefined
 * without one, and for FARGATE and FARGATE_SPOT.
 */
export const canWait = (provider: CapacityProviderRecord | undefined): boolean =>
  provider?.autoScalingGroupProvider.managedScaling?.status === 'ENABLED'
