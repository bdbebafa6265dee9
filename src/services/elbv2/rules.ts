/** What the operations on rules and listeners share: rows of rules, their priorities, and the secrets of their clients. */
import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2'
import { assert } from '../../kit/assert.ts'
import type { Sealed } from '../../kit/sealing.ts'
import { type CheckedActions, checkedActions } from '../../model/load-balancing/actions.ts'
import { forwardedGroups } from '../../model/load-balancing/forwarding.ts'
import { HIGHEST_RULE_PRIORITY } from '../../model/load-balancing/listener-limits.ts'
import {
  clientSecretPurpose,
  type ListenerRecord,
  type LoadBalancerRecord,
  type RuleRecord,
} from '../../model/load-balancing/records.ts'
import type { ReadTables } from '../../store/tables.ts'
import { checkTargetGroups, reassociate } from './associations.ts'
import type { Elbv2Context } from './context.ts'
import { operationNotPermitted, validationError } from './faults.ts'
import { checkedRule, priorityInUse } from './listener-faults.ts'

/** Every listener has one. */
export const requireDefaultRule = (tx: Pick<ReadTables, 'rules'>, listenerArn: string): RuleRecord => {
  const rule = tx.rules.find('byListener', listenerArn).find(({ priority }) => priority === 'default')
  assert(rule, 'a listener has no default rule')
  return rule
}

type ActionListener = Pick<ListenerRecord, 'protocol' | 'port'>

/** The actions of a request: fit for the listener, with target groups that it may use. */
export const checkActions = (
  context: Elbv2Context,
  loadBalancer: LoadBalancerRecord,
  listener: ActionListener,
  actions: readonly Action[] = [],
): CheckedActions => {
  const checked = checkedRule(() => checkedActions(actions, listener))
  checkTargetGroups(context, loadBalancer, listener.protocol, checked.actions)
  return checked
}

/** The members of a row that its actions determine. `before`: the rule as it was, if it is not new. */
export const actionMembers = (
  { sealer }: Elbv2Context,
  ruleArn: string,
  { actions, clientSecret }: CheckedActions,
  before?: RuleRecord,
): Pick<RuleRecord, 'actions'> & { readonly clientSecret?: Sealed } => {
  if (clientSecret === undefined) return { actions }
  const { given } = clientSecret
  const secret =
    given === undefined ? before?.clientSecret : sealer.seal(Buffer.from(given), clientSecretPurpose({ ruleArn }))
  if (secret === undefined)
    throw validationError('There is no existing client secret: a client secret must be specified')
  return { actions, clientSecret: secret }
}

/** Adds a rule, and its target groups to what the load balancer uses. */
export const insertRule = (context: Elbv2Context, row: RuleRecord): RuleRecord => {
  const rule = context.tx.rules.insert(row)
  reassociate(context, rule.loadBalancerArn, forwardedGroups(rule.actions))
  return rule
}

/** Gives a rule other actions. */
export const replaceActions = (context: Elbv2Context, rule: RuleRecord, checked: CheckedActions): RuleRecord => {
  const members = { clientSecret: undefined, ...actionMembers(context, rule.ruleArn, checked, rule) }
  const changed = context.tx.rules.update(rule.ruleArn, members)
  reassociate(context, rule.loadBalancerArn, [...forwardedGroups(rule.actions), ...forwardedGroups(changed.actions)])
  return changed
}

export const removeRules = (context: Elbv2Context, rules: readonly RuleRecord[]): void => {
  for (const { ruleArn } of rules) context.tx.rules.remove(ruleArn)
  for (const { loadBalancerArn, actions } of rules) reassociate(context, loadBalancerArn, forwardedGroups(actions))
}

export const checkPriority = (priority = 0): number => {
  if (!Number.isInteger(priority) || priority < 1 || priority > HIGHEST_RULE_PRIORITY)
    throw validationError(`Rule priority '${priority}' must be between 1 and ${HIGHEST_RULE_PRIORITY}`)
  return priority
}

/** No other rule of the listener has the priority. */
export const checkPriorityFree = ({ tx }: Elbv2Context, listenerArn: string, priority: number): void => {
  if (tx.rules.find('byListener', listenerArn).some((rule) => rule.priority === priority))
    throw priorityInUse(`Priority '${priority}' is currently in use`)
}

/** `done`: what cannot be done to it, e.g. `deleted`. */
export const refuseDefaultRule = ({ priority, ruleArn }: RuleRecord, done: string): void => {
  if (priority === 'default') throw operationNotPermitted(`Default rule '${ruleArn}' cannot be ${done}`)
}
