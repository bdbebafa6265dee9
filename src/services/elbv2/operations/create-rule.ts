/** CreateRule: a rule of a listener. */
import type { CreateRuleInput, CreateRuleOutput } from '@aws-sdk/client-elastic-load-balancing-v2'
import { listenerRuleArn } from '../../../model/arn.ts'
import { checkedConditions } from '../../../model/load-balancing/conditions.ts'
import type { ListenerRecord, LoadBalancerRecord } from '../../../model/load-balancing/records.ts'
import { checkedTransforms } from '../../../model/load-balancing/transforms.ts'
import type { Elbv2Context, Elbv2Operation } from '../context.ts'
import { describeRule } from '../describe-listener.ts'
import { operationNotPermitted } from '../faults.ts'
import { onCreatedIn } from '../listener-access.ts'
import { checkedRule, tooManyRules } from '../listener-faults.ts'
import { requireListener, requireLoadBalancer } from '../lookups.ts'
import { newElbId } from '../../../model/load-balancing/new-rows.ts'
import { checkQuota } from '../quotas.ts'
import { actionMembers, checkActions, checkPriority, checkPriorityFree, insertRule } from '../rules.ts'
import { checkedTags } from '../tags.ts'

export const createRule: Elbv2Operation<CreateRuleInput, CreateRuleOutput> = {
  access: (input, context) =>
    onCreatedIn(context, input.ListenerArn, {
      action: 'CreateRule',
      resource: listenerRuleArn(input.ListenerArn ?? '', '*'),
      tags: input.Tags,
    }),
  handle: (input, context) => {
    const { ids, now } = context
    const listener = requireListener(context, input.ListenerArn)
    const loadBalancer = requireLoadBalancer(context, listener.loadBalancerArn)
    checkHasRules(listener)
    const { listenerArn, loadBalancerArn } = listener
    const priority = checkPriority(input.Priority)
    const { conditions, transforms } = checkedRule(() => ({
      conditions: checkedConditions(input.Conditions ?? [], loadBalancer.type),
      transforms: checkedTransforms(input.Transforms ?? [], loadBalancer.type),
    }))
    const actions = checkActions(context, loadBalancer, listener, input.Actions)
    checkPriorityFree(context, listenerArn, priority)
    checkCount(context, loadBalancer)
    const ruleArn = listenerRuleArn(listenerArn, newElbId(ids))
    const rule = insertRule(context, {
      ruleArn,
      listenerArn,
      loadBalancerArn,
      priority,
      conditions,
      ...actionMembers(context, ruleArn, actions),
      transforms,
      createdAt: now,
      tags: checkedTags(input.Tags),
    })
    return { Rules: [describeRule(rule)] }
  },
}

const checkHasRules = ({ protocol }: ListenerRecord): void => {
  if (protocol === 'UDP' || protocol === 'TCP_UDP')
    throw operationNotPermitted(`Rules are not supported by listeners with protocol '${protocol}'`)
}

/** Default rules are not counted. */
const checkCount = ({ tx }: Elbv2Context, { loadBalancerArn }: LoadBalancerRecord): void =>
  checkQuota(
    'rules-per-application-load-balancer',
    tx.rules.findSize('byLoadBalancer', loadBalancerArn) - tx.listeners.findSize('byLoadBalancer', loadBalancerArn),
    `rules on load balancer '${loadBalancerArn}'`,
    tooManyRules,
  )
