/**
 * Traffic of a service as the rules of its load balancers share it out between the two target groups that a shift goes between. What is
 * wanted is so as soon as the rules say it: they are written in the transaction of the pass, and balancers follow in their order.
 *
 * Source: "Application Load Balancer resources for blue/green deployments" in the ECS developer guide.
 */
import type { RuleRecord } from '../../../model/load-balancing/records.ts'
import { otherGroupOf, targetGroupOf } from '../../../model/load-balancing/revision-groups.ts'
import { forwardWeight, withShares } from '../../../model/load-balancing/forwarding.ts'
import { util } from '../../../kit/node.ts'
import type { RevisionLoadBalancer } from '../../../model/service-records.ts'
import { ruleOfTraffic } from '../../../store/load-balancing/traffic-rule.ts'
import type { Transaction } from '../../../store/tables.ts'
import type { TrafficShift, TrafficShifter } from '../rollout/types.ts'

export const ruleTraffic = (tx: Transaction): TrafficShifter => ({
  isShifted: (shift) => {
    const source = loadBalancersOf(tx, shift.sourceRevisionArn)
    for (const loadBalancer of loadBalancersOf(tx, shift.targetRevisionArn)) shiftOne(tx, loadBalancer, source, shift)
    return true
  },
})

const loadBalancersOf = (tx: Transaction, revisionArn = ''): readonly RevisionLoadBalancer[] =>
  tx.serviceRevisions.get(revisionArn)?.loadBalancers ?? []

const shiftOne = (
  tx: Transaction,
  loadBalancer: RevisionLoadBalancer,
  source: readonly RevisionLoadBalancer[],
  { kind, percent }: TrafficShift,
): void => {
  const rule = ruleOf(tx, loadBalancer, kind)
  const target = targetGroupOf(loadBalancer)
  const sourceGroup = sourceGroupOf(tx, loadBalancer, source, rule, kind)
  if (rule !== undefined && sourceGroup !== undefined) share(tx, rule, target, sourceGroup, percent)
}

const ruleOf = (
  tx: Transaction,
  { advancedConfiguration }: RevisionLoadBalancer,
  kind: TrafficShift['kind'],
): RuleRecord | undefined => {
  const { productionListenerRule, testListenerRule } = advancedConfiguration ?? {}
  return ruleOfTraffic(tx, (kind === 'production' ? productionListenerRule : testListenerRule) ?? '')
}

/** Where the source has the traffic of this rule; it may have been configured with other target groups. */
const sourceGroupOf = (
  tx: Transaction,
  loadBalancer: RevisionLoadBalancer,
  source: readonly RevisionLoadBalancer[],
  rule: RuleRecord | undefined,
  kind: TrafficShift['kind'],
): string | undefined => {
  const peer = source.find((other) => rule !== undefined && ruleOf(tx, other, kind)?.ruleArn === rule.ruleArn)
  const group = peer && targetGroupOf(peer)
  return group === undefined || group === targetGroupOf(loadBalancer) ? otherGroupOf(loadBalancer) : group
}

/** Whoever names a target group in a rule makes its load balancer use it. */
const share = (tx: Transaction, rule: RuleRecord, target: string, source: string, percent: number): void => {
  const actions = withShares(rule.actions, target, source, percent)
  if (util.isDeepStrictEqual(actions, rule.actions)) return
  tx.rules.update(rule.ruleArn, { actions })
  for (const arn of [target, source]) {
    const group = tx.targetGroups.get(arn)
    if (group !== undefined && !group.loadBalancerArns.includes(rule.loadBalancerArn))
      tx.targetGroups.update(arn, { loadBalancerArns: [...group.loadBalancerArns, rule.loadBalancerArn] })
  }
}

/** Whether the rule leads to the other one of the two target groups, too. */
export const isShared = (tx: Transaction, loadBalancer: RevisionLoadBalancer, kind: TrafficShift['kind']): boolean => {
  const rule = ruleOf(tx, loadBalancer, kind)
  return rule !== undefined && forwardWeight(rule.actions, otherGroupOf(loadBalancer) ?? '') > 0
}

/** Whether the rule of the load balancer's production traffic leads to the target group that the revision has. */
export const hasProductionTraffic = (tx: Transaction, loadBalancer: RevisionLoadBalancer): boolean => {
  const rule = ruleOf(tx, loadBalancer, 'production')
  return rule === undefined || forwardWeight(rule.actions, targetGroupOf(loadBalancer)) > 0
}
