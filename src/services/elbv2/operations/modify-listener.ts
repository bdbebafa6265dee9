/** ModifyListener: what the request names is replaced; rules other than the default one stay. */
import type { ModifyListenerInput, ModifyListenerOutput } from '@aws-sdk/client-elastic-load-balancing-v2'
import type { ListenerRecord, LoadBalancerRecord, RuleRecord } from '../../../model/load-balancing/records.ts'
import { onResource } from '../access.ts'
import { checkTargetGroups } from '../associations.ts'
import type { Elbv2Context, Elbv2Operation } from '../context.ts'
import { describeListener } from '../describe-listener.ts'
import { invalidConfigurationRequest } from '../faults.ts'
import { listenerContext } from '../listener-access.ts'
import { getListenerAt, listenerSettings, portTaken } from '../listener-settings.ts'
import { requireListener, requireLoadBalancer } from '../lookups.ts'
import { checkActions, replaceActions, requireDefaultRule } from '../rules.ts'

export const modifyListener: Elbv2Operation<ModifyListenerInput, ModifyListenerOutput> = {
  access: (input, context) => [onResource(context, input.ListenerArn, listenerContext(input))],
  handle: (input, context) => {
    const { tx } = context
    const before = requireListener(context, input.ListenerArn)
    const loadBalancer = requireLoadBalancer(context, before.loadBalancerArn)
    const settings = listenerSettings(context, loadBalancer, input, before)
    if (getListenerAt(context, loadBalancer, settings.port, before) !== undefined) throw portTaken(loadBalancer)
    const { listenerArn } = before
    const isOther = settings.protocol !== before.protocol
    const listener = tx.listeners.update(listenerArn, {
      ...settings,
      ...(isOther && { attributes: {} }),
    })
    if (input.DefaultActions !== undefined && input.DefaultActions.length > 0) {
      const actions = checkActions(context, loadBalancer, listener, input.DefaultActions)
      replaceActions(context, requireDefaultRule(tx, listenerArn), actions)
    }
    if (isOther) checkRules(context, loadBalancer, listener)
    return { Listeners: [describeListener(context, listener)] }
  },
}

/** Its rules are fit for the protocol that it has now. */
const checkRules = (context: Elbv2Context, loadBalancer: LoadBalancerRecord, listener: ListenerRecord): void => {
  for (const rule of context.tx.rules.find('byListener', listener.listenerArn)) {
    checkTargetGroups(context, loadBalancer, listener.protocol, rule.actions)
    if (!isFit(rule, listener))
      throw invalidConfigurationRequest(
        `Rule '${rule.ruleArn}' is not supported with listener protocol '${listener.protocol}'`,
      )
  }
}

const isFit = ({ priority, actions }: RuleRecord, { protocol }: ListenerRecord): boolean => {
  if (protocol === 'UDP' || protocol === 'TCP_UDP') return priority === 'default'
  // Rules of more than one action authenticate, which needs HTTPS.
  return protocol === 'HTTPS' || actions.length === 1
}
