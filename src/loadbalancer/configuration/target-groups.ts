/** What target groups are. */
import type { LoadBalancerRoute, TargetGroupRoute } from '../../model/load-balancing/routing.ts'

export const isHttpGroup = ({ protocol }: Pick<TargetGroupRoute, 'protocol'>): boolean =>
  protocol === 'HTTP' || protocol === 'HTTPS'

/** Whether balancers send to targets of other zones than their own, too. */
export const isCrossZone = ({ attributes }: TargetGroupRoute, owner: LoadBalancerRoute | undefined): boolean => {
  const own = attributes['load_balancing.cross_zone.enabled']
  if (own === 'true' || own === 'false') return own === 'true'
  return owner?.attributes['load_balancing.cross_zone.enabled'] !== 'false'
}

const ROUTING = 'target_group_health.unhealthy_state_routing.minimum_healthy_targets'

/** With fewer healthy targets than either, all targets are sent to. A percentage of 0 asks for none. */
export const neededHealth = ({
  attributes,
}: Pick<TargetGroupRoute, 'attributes'>): { readonly count: number; readonly percentage: number } => ({
  count: Math.max(Number(attributes[`${ROUTING}.count`]) || 1, 1),
  percentage: Number(attributes[`${ROUTING}.percentage`]) || 0,
})
