/** DeregisterTargets: targets get no new requests, and are gone when they are drained, or the deregistration delay is over. */
import type { DeregisterTargetsInput } from '@aws-sdk/client-elastic-load-balancing-v2'
import { deregistrationDelayMs } from '../../../model/load-balancing/deregistration-delay.ts'
import { targetRowKey } from '../../../model/load-balancing/records.ts'
import { onTargetGroup } from '../access.ts'
import type { Elbv2Operation } from '../context.ts'
import { validationError } from '../faults.ts'
import { requireTargetGroup } from '../lookups.ts'
import { namedTargets } from '../requested-targets.ts'
import { removeTargets } from '../target-group-use.ts'

export const deregisterTargets: Elbv2Operation<DeregisterTargetsInput> = {
  access: onTargetGroup,
  handle: ({ TargetGroupArn, Targets = [] }, context) => {
    const { tx, now } = context
    const group = requireTargetGroup(context, TargetGroupArn)
    const { targetGroupArn } = group
    if (Targets.length === 0) throw validationError('At least one target must be specified')
    // AWS: those that are not registered are deregistered.
    const rows = namedTargets(group, Targets).flatMap((target) => {
      const row = tx.targets.get(targetRowKey({ ...target, targetGroupArn }))
      return row?.drainingUntil === undefined ? (row ?? []) : []
    })
    if (group.loadBalancerArns.length === 0) {
      removeTargets(context, rows)
      return {}
    }
    const drainingUntil = now + deregistrationDelayMs(group)
    for (const row of rows) tx.targets.update(targetRowKey(row), { drainingUntil })
    return {}
  },
}
