/** ModifyRule: what the request names is replaced. Default rules are modified by ModifyListener. */
import type { ModifyRuleInput, ModifyRuleOutput } from '@aws-sdk/client-elastic-load-balancing-v2'
import { checkedConditions } from '../../../model/load-balancing/conditions.ts'
import type { LoadBalancerRecord, RuleRecord } from '../../../model/load-balancing/records.ts'
import { checkedTransforms } from '../../../model/load-balancing/transforms.ts'
import type { Elbv2Operation } from '../context.ts'
import { describeRule } from '../describe-listener.ts'
import { validationError } from '../faults.ts'
import { onRule } from '../listener-access.ts'
import { checkedRule } from '../listener-faults.ts'
import { requireListener, requireLoadBalancer, requireRule } from '../lookups.ts'
import { checkActions, refuseDefaultRule, replaceActions } from '../rules.ts'

export const modifyRule: Elbv2Operation<ModifyRuleInput, ModifyRuleOutput> = {
  access: onRule,
  handle: (input, context) => {
    const { tx } = context
    const before = requireRule(context, input.RuleArn)
    refuseDefaultRule(before, 'modified')
    const loadBalancer = requireLoadBalancer(context, before.loadBalancerArn)
    const rule = tx.rules.update(before.ruleArn, changes(input, loadBalancer))
    if (input.Actions === undefined || input.Actions.length === 0) return { Rules: [describeRule(rule)] }
    const listener = requireListener(context, before.listenerArn)
    const actions = checkActions(context, loadBalancer, listener, input.Actions)
    return { Rules: [describeRule(replaceActions(context, rule, actions))] }
  },
}

const changes = (
  { Conditions: conditions = [], Transforms: transforms, ResetTransforms: resets = false }: ModifyRuleInput,
  { type }: LoadBalancerRecord,
): Partial<Pick<RuleRecord, 'conditions' | 'transforms'>> => {
  if (resets && transforms !== undefined)
    throw validationError('You cannot specify both Transforms and ResetTransforms')
  return checkedRule(() => ({
    ...(conditions.length > 0 && { conditions: checkedConditions(conditions, type) }),
    ...(transforms !== undefined && { transforms: checkedTransforms(transforms, type) }),
    ...(resets && { transforms: [] }),
  }))
}
