/** DescribeRules: those of a listener in the order in which they are tried, or those that are named. */
import type { DescribeRulesInput, DescribeRulesOutput } from '@aws-sdk/client-elastic-load-balancing-v2'
import { ELB_DESCRIBE_ITEMS } from '../../../model/load-balancing/limits.ts'
import type { RuleRecord } from '../../../model/load-balancing/records.ts'
import { onAnything } from '../access.ts'
import type { Elbv2Context, Elbv2Operation } from '../context.ts'
import { describeRule } from '../describe-listener.ts'
import { validationError } from '../faults.ts'
import { getRule, requireKind, requireListener, someNotFound } from '../lookups.ts'
import { page } from '../page.ts'

export const describeRules: Elbv2Operation<DescribeRulesInput, DescribeRulesOutput> = {
  access: onAnything,
  handle: (input, context) => {
    const { ListenerArn: listenerArn = '', RuleArns: arns = [] } = input
    const found = wanted(context, listenerArn, arns)
    const { items, rest } = page(context, `rules/${listenerArn}`, found, input, keyOf)
    return { Rules: items.map(describeRule), ...rest }
  },
}

const wanted = (context: Elbv2Context, listenerArn: string, arns: readonly string[]): readonly RuleRecord[] => {
  if ((listenerArn === '') === (arns.length === 0))
    throw validationError('You must specify either listener rule ARNs or a listener ARN')
  if (arns.length > ELB_DESCRIBE_ITEMS)
    throw validationError(`A maximum of '${ELB_DESCRIBE_ITEMS}' rules can be specified in a single call`)
  if (arns.length === 0) return context.tx.rules.find('byListener', requireListener(context, listenerArn).listenerArn)
  return [...new Set(arns)].map((arn) => {
    requireKind('listener-rule', arn)
    const rule = getRule(context, arn)
    if (rule === undefined) throw someNotFound('listener-rule', 'One or more rules not found')
    return rule
  })
}

/** By listener, and there by priority; the default rule comes last. */
const keyOf = ({ listenerArn, priority }: RuleRecord): string =>
  `${listenerArn}/${priority === 'default' ? 'default' : String(priority).padStart(5, '0')}`
