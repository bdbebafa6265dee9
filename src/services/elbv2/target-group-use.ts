/** What becomes of target groups when load balancers do not use them any more. */
import { targetKey, targetRowKey } from '../../model/load-balancing/records.ts'
import type { TargetGroupRecord, TargetRecord } from '../../model/load-balancing/records.ts'
import { homeKey } from '../../store/load-balancing/load-balancing-tables.ts'
import { withoutUse } from '../../store/load-balancing/target-group-use.ts'
import type { Elbv2Context } from './context.ts'

/** Removes targets, and what balancers said of them. */
export const removeTargets = ({ tx, targetHealth }: Elbv2Context, targets: readonly TargetRecord[]): void => {
  for (const target of targets) {
    tx.targets.remove(targetRowKey(target))
    targetHealth.forget(target.targetGroupArn, targetKey(target))
  }
}

/** The load balancer uses no target group any more. */
export const freeTargetGroups = (context: Elbv2Context, loadBalancerArn: string): void => {
  for (const group of context.tx.targetGroups.find('byHome', homeKey(context))) {
    if (!group.loadBalancerArns.includes(loadBalancerArn)) continue
    forgetDrained(context, withoutUse(context.tx, group, loadBalancerArn))
  }
}

/** Without a load balancer, nothing is under way with targets that are being drained. */
export const forgetDrained = (context: Elbv2Context, { targetGroupArn, loadBalancerArns }: TargetGroupRecord): void => {
  if (loadBalancerArns.length > 0) return
  const targets = context.tx.targets.find('byTargetGroup', targetGroupArn)
  removeTargets(
    context,
    targets.filter(({ drainingUntil }) => drainingUntil !== undefined),
  )
}
