/**
 * Whether two routing tables differ in targets alone. Targets come and go all the time, and what has to be done about it is to cost as much as
 * they are, not as everything there is: what is the same is told by its identity.
 */
import type { RoutingTable, TargetGroupRoute } from '../../model/load-balancing/routing.ts'

/** The target groups that have other targets than before. Undefined: something else differs, too. */
export const groupsWithOtherTargets = (
  before: RoutingTable,
  now: RoutingTable,
): readonly TargetGroupRoute[] | undefined => {
  const isRestSame =
    isSame(before.loadBalancers, now.loadBalancers) &&
    isSame(before.certificates, now.certificates) &&
    isSame(before.trustStores, now.trustStores)
  if (!isRestSame || before.targetGroups.size !== now.targetGroups.size) return undefined
  const groups: TargetGroupRoute[] = []
  for (const [arn, group] of now.targetGroups) {
    const known = before.targetGroups.get(arn)
    if (known === group) continue
    if (known === undefined || withoutTargets(known) !== withoutTargets(group)) return undefined
    groups.push(group)
  }
  return groups
}

const isSame = <Item>(one: ReadonlyMap<string, Item>, other: ReadonlyMap<string, Item>): boolean => {
  if (one === other) return true
  if (one.size !== other.size) return false
  for (const [key, item] of one) if (other.get(key) !== item) return false
  return true
}

const withoutTargets = (group: TargetGroupRoute): string => JSON.stringify({ ...group, targets: [] })
