/** DeleteTargetGroup: with its targets, if no listener or rule uses it. */
import type { DeleteTargetGroupInput } from '@aws-sdk/client-elastic-load-balancing-v2'
import { onTargetGroup } from '../access.ts'
import type { Elbv2Operation } from '../context.ts'
import { resourceInUse } from '../faults.ts'
import { getTargetGroup, requireKind } from '../lookups.ts'
import { removeTargets } from '../target-group-use.ts'

export const deleteTargetGroup: Elbv2Operation<DeleteTargetGroupInput> = {
  access: onTargetGroup,
  handle: ({ TargetGroupArn: arn = '' }, context) => {
    requireKind('targetgroup', arn)
    const row = getTargetGroup(context, arn)
    // AWS: one that is not there, or not any more, is deleted.
    if (row === undefined) return {}
    if (row.loadBalancerArns.length > 0)
      throw resourceInUse(`Target group '${arn}' is currently in use by a listener or a rule`)
    removeTargets(context, context.tx.targets.find('byTargetGroup', arn))
    context.tx.targetGroups.remove(arn)
    return {}
  },
}
