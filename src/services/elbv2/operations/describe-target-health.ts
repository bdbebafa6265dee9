/** DescribeTargetHealth: the state of all targets of a group, or of those that are named. */
import type { DescribeTargetHealthInput, DescribeTargetHealthOutput } from '@aws-sdk/client-elastic-load-balancing-v2'
import { onAnything } from '../access.ts'
import type { Elbv2Operation } from '../context.ts'
import { requireTargetGroup } from '../lookups.ts'
import { namedTargets } from '../requested-targets.ts'
import { describeTargetHealth as describe } from '../target-health.ts'

export const describeTargetHealth: Elbv2Operation<DescribeTargetHealthInput, DescribeTargetHealthOutput> = {
  access: onAnything,
  handle: ({ TargetGroupArn, Targets = [], Include = [] }, context) => {
    const group = requireTargetGroup(context, TargetGroupArn)
    const isApplication = group.protocol === 'HTTP' || group.protocol === 'HTTPS'
    const includesAnomalies = isApplication && Include.length > 0
    const targets =
      Targets.length > 0 ? namedTargets(group, Targets) : context.tx.targets.find('byTargetGroup', group.targetGroupArn)
    return { TargetHealthDescriptions: targets.map((target) => describe(context, group, target, includesAnomalies)) }
  },
}
