/** DescribeLoadBalancerAttributes and ModifyLoadBalancerAttributes. */
import type {
  DescribeLoadBalancerAttributesInput,
  DescribeLoadBalancerAttributesOutput,
  ModifyLoadBalancerAttributesInput,
  ModifyLoadBalancerAttributesOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { changedLoadBalancerAttributes, loadBalancerAttributes } from '../../../model/load-balancing/attributes.ts'
import { onAnything, onLoadBalancer } from '../access.ts'
import { acceptedAttributes, describeAttributes, requestedAttributes } from '../attribute-requests.ts'
import type { Elbv2Operation } from '../context.ts'
import { requireLoadBalancer } from '../lookups.ts'

export const describeLoadBalancerAttributes: Elbv2Operation<
  DescribeLoadBalancerAttributesInput,
  DescribeLoadBalancerAttributesOutput
> = {
  access: onAnything,
  handle: ({ LoadBalancerArn }, context) => ({
    Attributes: describeAttributes(loadBalancerAttributes(requireLoadBalancer(context, LoadBalancerArn))),
  }),
}

export const modifyLoadBalancerAttributes: Elbv2Operation<
  ModifyLoadBalancerAttributesInput,
  ModifyLoadBalancerAttributesOutput
> = {
  access: onLoadBalancer,
  handle: ({ LoadBalancerArn, Attributes }, context) => {
    const row = requireLoadBalancer(context, LoadBalancerArn)
    const attributes = acceptedAttributes(changedLoadBalancerAttributes(row, requestedAttributes(Attributes)))
    const updated = context.tx.loadBalancers.update(row.loadBalancerArn, { attributes })
    return { Attributes: describeAttributes(loadBalancerAttributes(updated)) }
  },
}
