/**
 * Of two target groups, in which one a service revision's tasks are registered. A revision that takes over from another by a shift of
 * traffic has the other's other group; one that takes the other's place task by task has the same.
 */
import type { RevisionLoadBalancer } from '../service-records.ts'

export const targetGroupOf = ({
  targetGroupArn,
  resolvedTargetGroupArn = targetGroupArn,
}: RevisionLoadBalancer): string => resolvedTargetGroupArn

/** The group that the revision does not use. */
export const otherGroupOf = (loadBalancer: RevisionLoadBalancer): string | undefined => {
  const { targetGroupArn, advancedConfiguration } = loadBalancer
  if (advancedConfiguration === undefined) return undefined
  const alternate = advancedConfiguration.alternateTargetGroupArn
  return targetGroupOf(loadBalancer) === targetGroupArn ? alternate : targetGroupArn
}

/** `predecessor`: the load balancers of the revision that has the traffic. */
export const resolveGroups = (
  loadBalancers: readonly RevisionLoadBalancer[],
  predecessor: readonly RevisionLoadBalancer[],
  isShifting: boolean,
): readonly RevisionLoadBalancer[] =>
  loadBalancers.map((loadBalancer) => {
    const used = new Set(predecessor.filter((other) => sharesGroups(loadBalancer, other)).map(targetGroupOf))
    const groups = [loadBalancer.targetGroupArn, loadBalancer.advancedConfiguration?.alternateTargetGroupArn ?? '']
    const taken = groups.find((group) => used.has(group))
    if (loadBalancer.advancedConfiguration === undefined || taken === undefined) return loadBalancer
    const resolvedTargetGroupArn = isShifting ? groups.find((group) => group !== taken) : taken
    return resolvedTargetGroupArn === undefined || resolvedTargetGroupArn === loadBalancer.targetGroupArn
      ? loadBalancer
      : { ...loadBalancer, resolvedTargetGroupArn }
  })

/** Groups of its own stand for each rule of production traffic, whatever container and port come to be behind it. */
const sharesGroups = (one: RevisionLoadBalancer, other: RevisionLoadBalancer): boolean =>
  [other.targetGroupArn, other.advancedConfiguration?.alternateTargetGroupArn].some(
    (group) =>
      group !== undefined && [one.targetGroupArn, one.advancedConfiguration?.alternateTargetGroupArn].includes(group),
  )
