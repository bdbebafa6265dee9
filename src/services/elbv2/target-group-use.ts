/** What becomes of target groups when load balancers do not use them any more. */
import { targetKey, targetRowKey } from '../../model/load-balancing/records.ts'
import type { TargetRecord } from '../../model/load-balancing/records.ts'
import type { Elbv2Context } from './context.ts'

/** Removes targets, and what balancers said of them. */
export const removeTargets = ({ tx, targetHealth }: Elbv2Context, targets: readonly TargetRecord[]): void => {
  for (const target of targets) {
    tx.targets.remove(targetRowKey(target))
    targetHealth.forget(target.targetGroupArn, targetKey(target))
  }
}

/** The load balancer uses no target group any more. Without one, nothing is under way with targets that are being drained. */
export const freeTargetGroups = (context: Elbv2Context, loadBalancerArn: string): void => {
  const { tx } = context
  for (const { targetGroupArn, loadBalancerArns } of [...tx.targetGroups.rows()]) {
    if (!loadBalancerArns.includes(loadBalancerArn)) continue
    const others = loadBalancerArns.filter((arn) => arn !== loadBalancerArn)
    tx.targetGroups.update(targetGroupArn, { loadBalancerArns: others })
    const targets = tx.targets.find('byTargetGroup', targetGroupArn)
    if (others.length === 0)
      removeTargets(
        context,
        targets.filter(({ drainingUntil }) => drainingUntil !== undefined),
      )
  }
}
