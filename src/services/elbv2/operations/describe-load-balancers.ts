/** DescribeLoadBalancers: those that are named by ARN or name, or all. */
import type { DescribeLoadBalancersInput, DescribeLoadBalancersOutput } from '@aws-sdk/client-elastic-load-balancing-v2'
import type { LoadBalancerRecord } from '../../../model/load-balancing/records.ts'
import { homeKey, homeNameKey } from '../../../store/load-balancing/load-balancing-tables.ts'
import { onAnything } from '../access.ts'
import type { Elbv2Operation } from '../context.ts'
import { describeLoadBalancer } from '../describe-load-balancer.ts'
import { getLoadBalancer, requireKind, someNotFound } from '../lookups.ts'
import { findNamed, type Naming } from '../named.ts'
import { page } from '../page.ts'

const loadBalancers: Naming<LoadBalancerRecord> = {
  kind: 'loadbalancer',
  words: 'load balancer',
  byArn: (context, arn) => {
    requireKind('loadbalancer', arn)
    const row = getLoadBalancer(context, arn)
    if (row === undefined) throw someNotFound('loadbalancer')
    return row
  },
  byName: ({ tx, account, region }, name) => tx.loadBalancers.find('byName', homeNameKey({ account, region, name }))[0],
  all: (context) => context.tx.loadBalancers.find('byHome', homeKey(context)),
}

export const describeLoadBalancers: Elbv2Operation<DescribeLoadBalancersInput, DescribeLoadBalancersOutput> = {
  access: onAnything,
  handle: (input, context) => {
    const { LoadBalancerArns, Names } = input
    const found = findNamed(loadBalancers, context, LoadBalancerArns, Names)
    const { items, rest } = page(context, 'load-balancers', found, input, ({ loadBalancerArn }) => loadBalancerArn)
    return { LoadBalancers: items.map(describeLoadBalancer), ...rest }
  },
}
