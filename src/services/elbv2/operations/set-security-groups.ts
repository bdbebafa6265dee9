/** SetSecurityGroups: the security groups of a load balancer from now on. */
import type { SetSecurityGroupsInput, SetSecurityGroupsOutput } from '@aws-sdk/client-elastic-load-balancing-v2'
import type { LoadBalancerRecord } from '../../../model/load-balancing/records.ts'
import { onResource } from '../access.ts'
import type { Elbv2Operation } from '../context.ts'
import { invalidConfigurationRequest, validationError } from '../faults.ts'
import { requireSecurityGroups } from '../load-balancer-network.ts'
import { requireLoadBalancer } from '../lookups.ts'

export const setSecurityGroups: Elbv2Operation<SetSecurityGroupsInput, SetSecurityGroupsOutput> = {
  access: ({ LoadBalancerArn, SecurityGroups = [] }, context) => [
    onResource(context, LoadBalancerArn, { 'elasticloadbalancing:securitygroup': SecurityGroups }),
  ],
  handle: (input, context) => {
    const row = requireLoadBalancer(context, input.LoadBalancerArn)
    const { SecurityGroups = [], EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic: enforcement } = input
    checkChange(row, SecurityGroups)
    if (enforcement === 'off')
      throw invalidConfigurationRequest('Inbound rules cannot be switched off for PrivateLink: there is no PrivateLink')
    const securityGroups = requireSecurityGroups(context, row.type, row.vpcId, SecurityGroups)
    context.tx.loadBalancers.update(row.loadBalancerArn, { securityGroups })
    return {
      SecurityGroupIds: [...securityGroups],
      ...(row.type === 'network' && { EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic: 'on' as const }),
    }
  },
}

/** AWS: a Network Load Balancer is made with security groups, or never has some. */
const checkChange = ({ type, securityGroups }: LoadBalancerRecord, wanted: readonly string[]): void => {
  if (type === 'network' && securityGroups.length === 0)
    throw invalidConfigurationRequest(
      'Security groups cannot be set on a Network Load Balancer that was created without security groups',
    )
  if (wanted.length === 0) throw validationError('At least one security group must be specified')
}
