/** DescribeListeners: those of a load balancer, or those that are named. */
import type { DescribeListenersInput, DescribeListenersOutput } from '@aws-sdk/client-elastic-load-balancing-v2'
import { ELB_DESCRIBE_ITEMS } from '../../../model/load-balancing/limits.ts'
import type { ListenerRecord } from '../../../model/load-balancing/records.ts'
import { onAnything } from '../access.ts'
import type { Elbv2Context, Elbv2Operation } from '../context.ts'
import { describeListener } from '../describe-listener.ts'
import { validationError } from '../faults.ts'
import { getListener, requireKind, requireLoadBalancer, someNotFound } from '../lookups.ts'
import { page } from '../page.ts'

export const describeListeners: Elbv2Operation<DescribeListenersInput, DescribeListenersOutput> = {
  access: onAnything,
  handle: (input, context) => {
    const { LoadBalancerArn: loadBalancerArn = '', ListenerArns: arns = [] } = input
    const found = wanted(context, loadBalancerArn, arns)
    const { items, rest } = page(context, `listeners/${loadBalancerArn}`, found, input, keyOf)
    return { Listeners: items.map((listener) => describeListener(context, listener)), ...rest }
  },
}

const wanted = (context: Elbv2Context, loadBalancerArn: string, arns: readonly string[]): readonly ListenerRecord[] => {
  if ((loadBalancerArn === '') === (arns.length === 0))
    throw validationError('You must specify either listener ARNs or a load balancer ARN')
  if (arns.length > ELB_DESCRIBE_ITEMS)
    throw validationError(`A maximum of '${ELB_DESCRIBE_ITEMS}' listeners can be specified in a single call`)
  if (arns.length === 0)
    return context.tx.listeners.find('byLoadBalancer', requireLoadBalancer(context, loadBalancerArn).loadBalancerArn)
  return [...new Set(arns)].map((arn) => {
    requireKind('listener', arn)
    const listener = getListener(context, arn)
    if (listener === undefined) throw someNotFound('listener')
    return listener
  })
}

/** By load balancer, and there by port. */
const keyOf = ({ loadBalancerArn, port }: ListenerRecord): string =>
  `${loadBalancerArn}/${String(port).padStart(5, '0')}`
