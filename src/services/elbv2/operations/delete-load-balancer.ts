/** DeleteLoadBalancer: with its listeners and their rules; its target groups stay. */
import type { DeleteLoadBalancerInput } from '@aws-sdk/client-elastic-load-balancing-v2'
import { loadBalancerAttributes } from '../../../model/load-balancing/attributes.ts'
import { onLoadBalancer } from '../access.ts'
import type { Elbv2Operation } from '../context.ts'
import { operationNotPermitted, resourceInUse } from '../faults.ts'
import { getLoadBalancer, requireKind } from '../lookups.ts'
import { freeTargetGroups } from '../target-group-use.ts'

export const deleteLoadBalancer: Elbv2Operation<DeleteLoadBalancerInput> = {
  access: onLoadBalancer,
  handle: ({ LoadBalancerArn: arn = '' }, context) => {
    const { tx } = context
    requireKind('loadbalancer', arn)
    const row = getLoadBalancer(context, arn)
    // AWS: one that is not there, or not any more, is deleted.
    if (row === undefined) return {}
    if (loadBalancerAttributes(row)['deletion_protection.enabled'] === 'true')
      throw operationNotPermitted(`Load balancer '${arn}' cannot be deleted because deletion protection is enabled`)
    if (tx.targets.findSize('byTargetId', arn) > 0)
      throw resourceInUse(`Load balancer '${arn}' is currently in use as a target of a target group`)
    for (const { ruleArn } of tx.rules.find('byLoadBalancer', arn)) tx.rules.remove(ruleArn)
    for (const { listenerArn } of tx.listeners.find('byLoadBalancer', arn)) tx.listeners.remove(listenerArn)
    freeTargetGroups(context, arn)
    tx.loadBalancers.remove(arn)
    return {}
  },
}
