/**
 * What is known of the health of a target, for whoever acts on it or shows it: what balancers say. Checks may pass while no balancer can serve
 * the load balancer, as when its port is taken; nobody can reach the target then, and it is not healthy.
 */
import type { TargetHealthReport } from '../../model/load-balancing/messages.ts'
import { targetKey, type TargetRecord } from '../../model/load-balancing/records.ts'
import type { ReadTables } from '../tables.ts'
import type { TargetHealthBook } from './target-health-book.ts'

type Tables = Pick<ReadTables, 'targetGroups' | 'loadBalancers'>

/** Undefined: no balancer has said anything yet. */
export const targetReport = (
  tables: Tables,
  targetHealth: Pick<TargetHealthBook, 'get'>,
  target: TargetRecord,
): TargetHealthReport | undefined => {
  const report = targetHealth.get(target.targetGroupArn, targetKey(target))
  if (report?.state !== 'healthy') return report
  const { loadBalancerArns = [] } = tables.targetGroups.get(target.targetGroupArn) ?? {}
  const loadBalancers = loadBalancerArns.flatMap((arn) => tables.loadBalancers.get(arn) ?? [])
  if (loadBalancers.some(({ state }) => state === 'active')) return report
  const failed = loadBalancers.find(({ state }) => state === 'failed')
  return failed && { ...report, state: 'unavailable', reason: 'Elb.InternalError', description: failure(failed) }
}

const failure = ({ name, stateReason }: { readonly name: string; readonly stateReason?: string }): string =>
  `Load balancer ${name} has failed${stateReason === undefined ? '' : `: ${stateReason}`}`
