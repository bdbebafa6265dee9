/** DescribeCapacityReservation, ModifyCapacityReservation and ModifyIpPools: a balancer has what its machine has, and nothing can be reserved. */
import type {
  DescribeCapacityReservationInput,
  DescribeCapacityReservationOutput,
  ModifyCapacityReservationInput,
  ModifyCapacityReservationOutput,
  ModifyIpPoolsInput,
  ModifyIpPoolsOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { onAnything, onLoadBalancer } from '../access.ts'
import type { Elbv2Operation } from '../context.ts'
import { invalidConfigurationRequest, validationError } from '../faults.ts'
import { requireLoadBalancer } from '../lookups.ts'

export const describeCapacityReservation: Elbv2Operation<
  DescribeCapacityReservationInput,
  DescribeCapacityReservationOutput
> = {
  access: onAnything,
  handle: ({ LoadBalancerArn }, context) => {
    requireLoadBalancer(context, LoadBalancerArn)
    return { CapacityReservationState: [] }
  },
}

export const modifyCapacityReservation: Elbv2Operation<
  ModifyCapacityReservationInput,
  ModifyCapacityReservationOutput
> = {
  access: onLoadBalancer,
  handle: ({ LoadBalancerArn, MinimumLoadBalancerCapacity, ResetCapacityReservation = false }, context) => {
    requireLoadBalancer(context, LoadBalancerArn)
    if (MinimumLoadBalancerCapacity !== undefined)
      throw invalidConfigurationRequest('Capacity cannot be reserved: a balancer has what its machine has')
    if (!ResetCapacityReservation)
      throw validationError('Either a minimum load balancer capacity or a reset must be specified')
    return { CapacityReservationState: [] }
  },
}

export const modifyIpPools: Elbv2Operation<ModifyIpPoolsInput, ModifyIpPoolsOutput> = {
  access: onLoadBalancer,
  handle: ({ LoadBalancerArn, IpamPools }, context) => {
    requireLoadBalancer(context, LoadBalancerArn)
    if (IpamPools?.Ipv4IpamPoolId !== undefined)
      throw invalidConfigurationRequest(
        'IPAM pools are not supported: addresses come from the pool of the installation',
      )
    return {}
  },
}
