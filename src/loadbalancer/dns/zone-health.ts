/**
 * Which addresses of a load balancer are told: those of zones with enough healthy targets, or all if there are none. Pure.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html (target group health)
 */
import type { TargetHealthStateEnum } from '@aws-sdk/client-elastic-load-balancing-v2'
import type { LoadBalancerRoute, RoutingTable, TargetGroupRoute } from '../../model/load-balancing/routing.ts'

/** Of the target that `<target group ARN>/<target key>` names; undefined while nothing is known of it. */
export type HealthOf = (name: string) => TargetHealthStateEnum | undefined

const THRESHOLD = 'target_group_health.dns_failover.minimum_healthy_targets'
const CROSS_ZONE = 'load_balancing.cross_zone.enabled'

export const toldAddresses = (
  route: LoadBalancerRoute,
  { targetGroups }: Pick<RoutingTable, 'targetGroups'>,
  healthOf: HealthOf,
): readonly string[] => {
  const { addresses, zoneNames } = route
  // With one address for all zones there is nothing to choose from.
  if (addresses.length < 2 || addresses.length !== zoneNames.length) return addresses
  const groups = groupsOf(route).map((arn) => targetGroups.get(arn))
  const used = groups.filter((group) => group !== undefined && group.targets.length > 0) as readonly TargetGroupRoute[]
  const told = addresses.filter((_, index) =>
    used.every((group) => isEnough(group, targetsFor(route, group, zoneNames[index] ?? ''), healthOf)),
  )
  // AWS: when no zone is healthy, requests go to all of them.
  return told.length > 0 ? told : addresses
}

const groupsOf = ({ listeners }: LoadBalancerRoute): readonly string[] => {
  const actions = listeners.flatMap(({ rules }) => rules.flatMap((rule) => rule.actions))
  const arns = actions.flatMap(({ TargetGroupArn, ForwardConfig }) => [
    TargetGroupArn,
    ...(ForwardConfig?.TargetGroups ?? []).map((group) => group.TargetGroupArn),
  ])
  return [...new Set(arns)].filter((arn) => arn !== undefined)
}

/** Those that requests in the zone may go to. */
const targetsFor = (
  route: LoadBalancerRoute,
  { attributes, targets }: TargetGroupRoute,
  zoneName: string,
): TargetGroupRoute['targets'] => {
  const own = attributes[CROSS_ZONE] ?? 'use_load_balancer_configuration'
  const isCrossZone = (own === 'use_load_balancer_configuration' ? route.attributes[CROSS_ZONE] : own) === 'true'
  if (isCrossZone) return targets
  return targets.filter(({ availabilityZone = 'all' }) => availabilityZone === 'all' || availabilityZone === zoneName)
}

const isEnough = (
  { targetGroupArn, attributes }: TargetGroupRoute,
  targets: TargetGroupRoute['targets'],
  healthOf: HealthOf,
): boolean => {
  const healthy = targets.filter(({ key }) => healthOf(`${targetGroupArn}/${key}`) === 'healthy').length
  const [count, percentage] = [
    numberOf(attributes[`${THRESHOLD}.count`]),
    numberOf(attributes[`${THRESHOLD}.percentage`]),
  ]
  return healthy >= count && healthy * 100 >= targets.length * percentage
}

/** `off` asks for nothing. */
const numberOf = (text = 'off'): number => (text === 'off' ? 0 : Number(text))
