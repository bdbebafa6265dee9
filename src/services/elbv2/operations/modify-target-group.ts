/** ModifyTargetGroup: how its targets are checked from now on. */
import type { ModifyTargetGroupInput, ModifyTargetGroupOutput } from '@aws-sdk/client-elastic-load-balancing-v2'
import { onTargetGroup } from '../access.ts'
import type { Elbv2Operation } from '../context.ts'
import { describeTargetGroup } from '../describe-target-group.ts'
import { requestedHealthCheck } from '../health-check.ts'
import { requireTargetGroup } from '../lookups.ts'

export const modifyTargetGroup: Elbv2Operation<ModifyTargetGroupInput, ModifyTargetGroupOutput> = {
  access: onTargetGroup,
  handle: (input, context) => {
    const row = requireTargetGroup(context, input.TargetGroupArn)
    const healthCheck = requestedHealthCheck(row, input, row.healthCheck)
    const updated = context.tx.targetGroups.update(row.targetGroupArn, { healthCheck })
    return { TargetGroups: [describeTargetGroup(updated)] }
  },
}
