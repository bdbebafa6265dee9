/** DescribeTargetGroups: those that are named by ARN or name, those of a load balancer, or all. */
import type { DescribeTargetGroupsInput, DescribeTargetGroupsOutput } from '@aws-sdk/client-elastic-load-balancing-v2'
import type { TargetGroupRecord } from '../../../model/load-balancing/records.ts'
import { homeKey, homeNameKey } from '../../../store/load-balancing/load-balancing-tables.ts'
import { onAnything } from '../access.ts'
import type { Elbv2Context, Elbv2Operation } from '../context.ts'
import { describeTargetGroup } from '../describe-target-group.ts'
import { validationError } from '../faults.ts'
import { getTargetGroup, requireKind, requireLoadBalancer, someNotFound } from '../lookups.ts'
import { findNamed, type Naming } from '../named.ts'
import { page } from '../page.ts'

const targetGroups: Naming<TargetGroupRecord> = {
  kind: 'targetgroup',
  words: 'target group',
  byArn: (context, arn) => {
    requireKind('targetgroup', arn)
    const row = getTargetGroup(context, arn)
    if (row === undefined) throw someNotFound('targetgroup')
    return row
  },
  byName: ({ tx, account, region }, name) => tx.targetGroups.find('byName', homeNameKey({ account, region, name }))[0],
  all: (context) => context.tx.targetGroups.find('byHome', homeKey(context)),
}

export const describeTargetGroups: Elbv2Operation<DescribeTargetGroupsInput, DescribeTargetGroupsOutput> = {
  access: onAnything,
  handle: (input, context) => {
    const found = foundBy(input, context)
    const scope = `target-groups/${input.LoadBalancerArn ?? ''}`
    const { items, rest } = page(context, scope, found, input, ({ targetGroupArn }) => targetGroupArn)
    return { TargetGroups: items.map(describeTargetGroup), ...rest }
  },
}

const foundBy = (
  { LoadBalancerArn, TargetGroupArns = [], Names = [] }: DescribeTargetGroupsInput,
  context: Elbv2Context,
): readonly TargetGroupRecord[] => {
  if (LoadBalancerArn === undefined) return findNamed(targetGroups, context, TargetGroupArns, Names)
  if (TargetGroupArns.length > 0 || Names.length > 0)
    throw validationError(
      'Either a load balancer ARN, target group ARNs or names can be specified, but only one of them',
    )
  const { loadBalancerArn } = requireLoadBalancer(context, LoadBalancerArn)
  return targetGroups.all(context).filter(({ loadBalancerArns }) => loadBalancerArns.includes(loadBalancerArn))
}
