/** Forward actions: to which target groups, and with which weights. */
import type { Action, TargetGroupTuple } from '@aws-sdk/client-elastic-load-balancing-v2'

/** Target groups that any of the actions names. */
export const forwardedGroups = (actions: readonly Action[]): readonly string[] =>
  actions
    .filter(({ Type }) => Type === 'forward')
    .flatMap(({ TargetGroupArn, ForwardConfig }) => [TargetGroupArn, ...tuplesOf(ForwardConfig?.TargetGroups)])
    .flatMap((arn) => arn ?? [])

const tuplesOf = (tuples: readonly TargetGroupTuple[] = []): readonly (string | undefined)[] =>
  tuples.map(({ TargetGroupArn }) => TargetGroupArn)

/** Weights are whole numbers up to 999; shares are tenths of a percent. */
const weightsOf = (percent: number): readonly [number, number] =>
  Number.isInteger(percent) ? [percent, 100 - percent] : [Math.round(percent * 10), 1000 - Math.round(percent * 10)]

/** The actions, with `percent` of what they forward going to the target and the rest to the source. What else they say stays. */
export const withShares = (
  actions: readonly Action[],
  target: string,
  source: string,
  percent: number,
): readonly Action[] => {
  const [targetWeight, sourceWeight] = weightsOf(percent)
  return actions.map((action) => {
    if (action.Type !== 'forward') return action
    const { TargetGroupArn: _only, ...others } = action
    const TargetGroups = [
      { TargetGroupArn: target, Weight: targetWeight },
      { TargetGroupArn: source, Weight: sourceWeight },
    ].toSorted((one, other) => (one.TargetGroupArn < other.TargetGroupArn ? -1 : 1))
    return { ...others, ForwardConfig: { ...action.ForwardConfig, TargetGroups } }
  })
}

/** What part of the forwarded requests a target group gets; only in comparison with others, and 0 for none. */
export const forwardWeight = (actions: readonly Action[], targetGroupArn: string): number => {
  const forward = actions.find(({ Type }) => Type === 'forward')
  const tuples = forward?.ForwardConfig?.TargetGroups
  if (tuples === undefined) return forward?.TargetGroupArn === targetGroupArn ? 1 : 0
  const tuple = tuples.find((candidate) => candidate.TargetGroupArn === targetGroupArn)
  return tuple === undefined ? 0 : (tuple.Weight ?? 1)
}
