/** SetSubnets: where a load balancer is from now on. */
import type { SetSubnetsInput, SetSubnetsOutput } from '@aws-sdk/client-elastic-load-balancing-v2'
import { onResource } from '../access.ts'
import type { Elbv2Operation } from '../context.ts'
import { describeLoadBalancer, describeZones } from '../describe-load-balancer.ts'
import { invalidConfigurationRequest } from '../faults.ts'
import { checkIpAddressType } from '../ip-address-type.ts'
import { requireAddresses, requirePlacement } from '../load-balancer-network.ts'
import { requireLoadBalancer } from '../lookups.ts'

export const setSubnets: Elbv2Operation<SetSubnetsInput, SetSubnetsOutput> = {
  access: ({ LoadBalancerArn, Subnets = [], SubnetMappings = [] }, context) => {
    const subnets = [...Subnets, ...SubnetMappings.flatMap(({ SubnetId }) => SubnetId ?? [])]
    return [onResource(context, LoadBalancerArn, { 'elasticloadbalancing:subnet': subnets })]
  },
  handle: (input, context) => {
    const row = requireLoadBalancer(context, input.LoadBalancerArn)
    checkIpAddressType(row.type, input.IpAddressType)
    if (input.EnablePrefixForIpv6SourceNat === 'on')
      throw invalidConfigurationRequest('Source NAT prefixes need a load balancer with IP address type dualstack')
    const { subnets } = requirePlacement(context, row, input, row.vpcId)
    const addresses = requireAddresses(context, subnets, row)
    const updated = context.tx.loadBalancers.update(row.loadBalancerArn, { subnets, addresses })
    const { IpAddressType, EnablePrefixForIpv6SourceNat } = describeLoadBalancer(updated)
    return {
      AvailabilityZones: describeZones(updated),
      IpAddressType,
      ...(EnablePrefixForIpv6SourceNat !== undefined && { EnablePrefixForIpv6SourceNat }),
    }
  },
}
