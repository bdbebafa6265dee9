/**
 * Traffic of a service as the rules of its load balancers share it out between the two target groups that a shift goes between. Rules are
 * written in the transaction of the pass; what is wanted is so when balancers say that they go by them (`ServedRules`): the pass that wrote
 * them cannot know.
 *
 * Source: "Application Load Balancer resources for blue/green deployments" in the ECS developer guide.
 */
import type { RuleRecord } from '../../../model/load-balancing/records.ts'
import { otherGroupOf, targetGroupOf } from '../../../model/load-balancing/revision-groups.ts'
import { forwardWeight, withShares } from '../../../model/load-balancing/forwarding.ts'
import { util } from '../../../kit/node.ts'
import type { RevisionLoadBalancer } from '../../../model/service-records.ts'
import type { ServedRules } from '../../../store/load-balancing/served-rules.ts'
import { ruleOfTraffic } from '../../../store/load-balancing/traffic-rule.ts'
import type { Transaction } from '../../../store/tables.ts'
import type { TrafficShift, TrafficShifter } from '../rollout/types.ts'

/** Of one pass. */
export class RuleTraffic implements TrafficShifter {
  readonly #tx: Transaction
  readonly #servedRules: Pick<ServedRules, 'isServed'>
  /** Rules that this pass has changed. */
  readonly #changed = new Set<string>()
  #awaitsBalancers = false

  constructor(tx: Transaction, servedRules: Pick<ServedRules, 'isServed'>) {
    this.#tx = tx
    this.#servedRules = servedRules
  }

  /** Whether a shift was asked for that balancers have yet to follow. */
  get awaitsBalancers(): boolean {
    return this.#awaitsBalancers
  }

  isShifted(shift: TrafficShift): boolean {
    const source = loadBalancersOf(this.#tx, shift.sourceRevisionArn)
    const rules = loadBalancersOf(this.#tx, shift.targetRevisionArn).flatMap(
      (loadBalancer) => this.#shiftOne(loadBalancer, source, shift) ?? [],
    )
    return rules.every((rule) => this.#isServed(rule))
  }

  /** Whether no balancer sends requests by the rule of the load balancer's production traffic to the target group that the revision has. */
  isOffTraffic(loadBalancer: RevisionLoadBalancer): boolean {
    const rule = ruleOf(this.#tx, loadBalancer, 'production')
    return rule !== undefined && forwardWeight(rule.actions, targetGroupOf(loadBalancer)) === 0 && this.#isServed(rule)
  }

  /** Gives the rule that carries the traffic, if there is one. */
  #shiftOne(
    loadBalancer: RevisionLoadBalancer,
    source: readonly RevisionLoadBalancer[],
    { kind, percent }: TrafficShift,
  ): RuleRecord | undefined {
    const tx = this.#tx
    const rule = ruleOf(tx, loadBalancer, kind)
    const sourceGroup = sourceGroupOf(tx, loadBalancer, source, rule, kind)
    if (rule === undefined || sourceGroup === undefined) return undefined
    if (share(tx, rule, targetGroupOf(loadBalancer), sourceGroup, percent)) this.#changed.add(rule.ruleArn)
    return rule
  }

  #isServed(rule: RuleRecord): boolean {
    const isServed = !this.#changed.has(rule.ruleArn) && this.#servedRules.isServed(rule)
    this.#awaitsBalancers ||= !isServed
    return isServed
  }
}

const loadBalancersOf = (tx: Transaction, revisionArn = ''): readonly RevisionLoadBalancer[] =>
  tx.serviceRevisions.get(revisionArn)?.loadBalancers ?? []

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

/** Whether that is news. Whoever names a target group in a rule makes its load balancer use it. */
const share = (tx: Transaction, rule: RuleRecord, target: string, source: string, percent: number): boolean => {
  const actions = withShares(rule.actions, target, source, percent)
  if (util.isDeepStrictEqual(actions, rule.actions)) return false
  tx.rules.update(rule.ruleArn, { actions })
  for (const arn of [target, source]) {
    const group = tx.targetGroups.get(arn)
    if (group !== undefined && !group.loadBalancerArns.includes(rule.loadBalancerArn))
      tx.targetGroups.update(arn, { loadBalancerArns: [...group.loadBalancerArns, rule.loadBalancerArn] })
  }
  return true
}

/** Whether the rule leads to the other one of the two target groups, too. */
export const isShared = (tx: Transaction, loadBalancer: RevisionLoadBalancer, kind: TrafficShift['kind']): boolean => {
  const rule = ruleOf(tx, loadBalancer, kind)
  return rule !== undefined && forwardWeight(rule.actions, otherGroupOf(loadBalancer) ?? '') > 0
}
