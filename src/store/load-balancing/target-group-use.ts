/** Which load balancers use which target groups: `loadBalancerArns` of target groups, kept right by whatever changes rules. */
import { forwardedGroups } from '../../model/load-balancing/forwarding.ts'
import type { TargetGroupRecord } from '../../model/load-balancing/records.ts'
import type { ReadTables, Transaction } from '../tables.ts'

/** The target groups that rules of the load balancer name. */
export const usedTargetGroups = ({ rules }: Pick<ReadTables, 'rules'>, loadBalancerArn: string): ReadonlySet<string> =>
  new Set(rules.find('byLoadBalancer', loadBalancerArn).flatMap(({ actions }) => forwardedGroups(actions)))

/** After rules of the load balancer changed that name these target groups, or named them. Gives those that it uses no more. */
export const noteUse = (
  tx: Transaction,
  loadBalancerArn: string,
  targetGroupArns: Iterable<string>,
): readonly TargetGroupRecord[] => {
  const used = usedTargetGroups(tx, loadBalancerArn)
  const freed: TargetGroupRecord[] = []
  for (const arn of new Set(targetGroupArns)) {
    const group = tx.targetGroups.get(arn)
    if (group === undefined || group.loadBalancerArns.includes(loadBalancerArn) === used.has(arn)) continue
    if (used.has(arn)) tx.targetGroups.update(arn, { loadBalancerArns: [...group.loadBalancerArns, loadBalancerArn] })
    else freed.push(withoutUse(tx, group, loadBalancerArn))
  }
  return freed
}

export const withoutUse = (
  tx: Transaction,
  { targetGroupArn, loadBalancerArns }: TargetGroupRecord,
  loadBalancerArn: string,
): TargetGroupRecord =>
  tx.targetGroups.update(targetGroupArn, {
    loadBalancerArns: loadBalancerArns.filter((arn) => arn !== loadBalancerArn),
  })
