/** SetIpAddressType: which addresses clients connect to. */
import type { SetIpAddressTypeInput, SetIpAddressTypeOutput } from '@aws-sdk/client-elastic-load-balancing-v2'
import { onLoadBalancer } from '../access.ts'
import type { Elbv2Operation } from '../context.ts'
import { checkIpAddressType } from '../ip-address-type.ts'
import { requireLoadBalancer } from '../lookups.ts'

export const setIpAddressType: Elbv2Operation<SetIpAddressTypeInput, SetIpAddressTypeOutput> = {
  access: onLoadBalancer,
  handle: ({ LoadBalancerArn, IpAddressType }, context) => {
    const { type, ipAddressType } = requireLoadBalancer(context, LoadBalancerArn)
    checkIpAddressType(type, IpAddressType)
    return { IpAddressType: ipAddressType }
  },
}
