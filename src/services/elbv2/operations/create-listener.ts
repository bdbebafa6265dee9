/** CreateListener: a listener of a load balancer, with its default rule. */
import type { CreateListenerInput, CreateListenerOutput } from '@aws-sdk/client-elastic-load-balancing-v2'
import { compact } from '../../../kit/compact.ts'
import { util } from '../../../kit/node.ts'
import { listenerArn, listenerRuleArn } from '../../../model/arn.ts'
import type { CheckedActions } from '../../../model/load-balancing/actions.ts'
import type { ListenerRecord, LoadBalancerRecord } from '../../../model/load-balancing/records.ts'
import type { Elbv2Context, Elbv2Operation } from '../context.ts'
import { describeListener } from '../describe-listener.ts'
import { listenerContext, onCreatedIn } from '../listener-access.ts'
import { tooManyListeners } from '../listener-faults.ts'
import { getListenerAt, type ListenerSettings, listenerSettings, portTaken } from '../listener-settings.ts'
import { requireLoadBalancer } from '../lookups.ts'
import { newElbId } from '../../../model/load-balancing/new-rows.ts'
import { checkQuota } from '../quotas.ts'
import { actionMembers, checkActions, insertRule, requireDefaultRule } from '../rules.ts'
import { checkedTags } from '../tags.ts'

export const createListener: Elbv2Operation<CreateListenerInput, CreateListenerOutput> = {
  access: (input, context) =>
    onCreatedIn(context, input.LoadBalancerArn, {
      action: 'CreateListener',
      resource: listenerArn(input.LoadBalancerArn ?? '', '*'),
      tags: input.Tags,
      more: listenerContext(input),
    }),
  handle: (input, context) => {
    const { tx, ids, now } = context
    const loadBalancer = requireLoadBalancer(context, input.LoadBalancerArn)
    const settings = listenerSettings(context, loadBalancer, input)
    const actions = checkActions(context, loadBalancer, settings, input.DefaultActions)
    const existing = getListenerAt(context, loadBalancer, settings.port)
    if (existing !== undefined) {
      if (!isSame(context, existing, settings, actions)) throw portTaken(loadBalancer)
      return { Listeners: [describeListener(context, existing)] }
    }
    checkCount(context, loadBalancer)
    const { loadBalancerArn } = loadBalancer
    const listener = tx.listeners.insert({
      ...compact(settings),
      listenerArn: listenerArn(loadBalancerArn, newElbId(ids)),
      loadBalancerArn,
      attributes: {},
      createdAt: now,
      tags: checkedTags(input.Tags),
    })
    const ruleArn = listenerRuleArn(listener.listenerArn, newElbId(ids))
    insertRule(context, {
      ruleArn,
      listenerArn: listener.listenerArn,
      loadBalancerArn,
      priority: 'default',
      conditions: [],
      ...actionMembers(context, ruleArn, actions),
      transforms: [],
      createdAt: now,
      tags: [],
    })
    return { Listeners: [describeListener(context, listener)] }
  },
}

/** AWS: the same call again answers with what is there. Certificates for server names are added by other calls. */
const isSame = (
  { tx }: Elbv2Context,
  existing: ListenerRecord,
  settings: ListenerSettings,
  { actions }: CheckedActions,
): boolean => {
  const { port, protocol, certificateArns, sslPolicy, alpnPolicy, mutualAuthentication } = existing
  const own = {
    port,
    protocol,
    certificateArns: certificateArns.slice(0, 1),
    sslPolicy,
    alpnPolicy,
    mutualAuthentication,
  }
  const rule = requireDefaultRule(tx, existing.listenerArn)
  return util.isDeepStrictEqual(own, settings) && util.isDeepStrictEqual(rule.actions, actions)
}

const checkCount = ({ tx }: Elbv2Context, { loadBalancerArn, type }: LoadBalancerRecord): void =>
  checkQuota(
    `listeners-per-${type}-load-balancer`,
    tx.listeners.findSize('byLoadBalancer', loadBalancerArn),
    `listeners on load balancer '${loadBalancerArn}'`,
    tooManyListeners,
  )
