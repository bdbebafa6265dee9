/** DeleteRule: any rule but a default one, which goes with its listener. */
import type { DeleteRuleInput } from '@aws-sdk/client-elastic-load-balancing-v2'
import type { Elbv2Operation } from '../context.ts'
import { onRule } from '../listener-access.ts'
import { requireRule } from '../lookups.ts'
import { refuseDefaultRule, removeRules } from '../rules.ts'

export const deleteRule: Elbv2Operation<DeleteRuleInput> = {
  access: onRule,
  handle: (input, context) => {
    const rule = requireRule(context, input.RuleArn)
    refuseDefaultRule(rule, 'deleted')
    removeRules(context, [rule])
    return {}
  },
}
