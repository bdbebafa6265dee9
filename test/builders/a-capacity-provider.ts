/** A capacity provider of the Auto Scaling group `machines`, whose managed scaling is on: tasks wait for its instances. */
import { capacityProviderArn } from '../../src/model/arn.ts'
import type { CapacityProviderRecord } from '../../src/model/service-records.ts'
import { BUILT_AT_MS } from './ids.ts'

export const aCapacityProvider = (given: Partial<CapacityProviderRecord> = {}): CapacityProviderRecord => {
  const { name = 'spare' } = given
  return {
    capacityProviderArn: capacityProviderArn('us-east-1', '000000000000', name),
    name,
    status: 'ACTIVE',
    autoScalingGroupProvider: {
      autoScalingGroupArn: 'machines',
      managedScaling: {
        status: 'ENABLED',
        targetCapacity: 100,
        minimumScalingStepSize: 1,
        maximumScalingStepSize: 10_000,
        instanceWarmupPeriod: 300,
      },
      managedTerminationProtection: 'DISABLED',
      managedDraining: 'ENABLED',
    },
    createdAt: BUILT_AT_MS,
    tags: [],
    ...given,
  }
}
