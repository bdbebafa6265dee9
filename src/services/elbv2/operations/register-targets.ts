/** RegisterTargets: targets of a target group from now on, also those that were being drained. */
import type { RegisterTargetsInput } from '@aws-sdk/client-elastic-load-balancing-v2'
import {
  LOAD_BALANCING_QUOTAS,
  TARGETS_PER_NETWORK_TARGET_GROUP,
  TARGETS_PER_TARGET_GROUP,
} from '../../../model/load-balancing/limits.ts'
import {
  type TargetGroupRecord,
  targetKey,
  type TargetRecord,
  targetRowKey,
} from '../../../model/load-balancing/records.ts'
import { onTargetGroup } from '../access.ts'
import type { Elbv2Context, Elbv2Operation } from '../context.ts'
import { tooManyTargets } from '../faults.ts'
import { requireTargetGroup } from '../lookups.ts'
import { requestedTargets } from '../requested-targets.ts'

export const registerTargets: Elbv2Operation<RegisterTargetsInput> = {
  access: onTargetGroup,
  handle: ({ TargetGroupArn, Targets }, context) => {
    const { tx, targetHealth, now } = context
    const group = requireTargetGroup(context, TargetGroupArn)
    const { targetGroupArn } = group
    const begun: TargetRecord[] = []
    for (const target of requestedTargets(context, group, Targets)) {
      const row = { ...target, targetGroupArn, registeredAt: now }
      const existing = tx.targets.get(targetRowKey(row))
      if (existing !== undefined && existing.drainingUntil === undefined) continue
      begun.push(tx.targets.put({ ...row, ...ownerOf(context, existing) }))
    }
    checkCounts(context, group)
    // Now that nothing is given up any more.
    for (const row of begun) targetHealth.forget(targetGroupArn, targetKey(row))
    return {}
  },
}

/** A target that stands for a task which runs on goes on doing so. */
const ownerOf = ({ tx }: Elbv2Context, existing: TargetRecord | undefined): Pick<TargetRecord, 'taskId'> => {
  const { taskId } = existing ?? {}
  return taskId !== undefined && tx.tasks.get(taskId)?.desiredStatus === 'RUNNING' ? { taskId } : {}
}

const checkCounts = (context: Elbv2Context, group: TargetGroupRecord): void => {
  const { tx } = context
  const isApplication = group.protocol === 'HTTP' || group.protocol === 'HTTPS'
  const limit = mostTargets(group, isApplication)
  if (tx.targets.findSize('byTargetGroup', group.targetGroupArn) > limit)
    throw tooManyTargets(`Target group '${group.targetGroupArn}' can have at most ${limit} targets`)
  const ofBalancer = LOAD_BALANCING_QUOTAS[`targets-per-${isApplication ? 'application' : 'network'}-load-balancer`]
  for (const arn of group.loadBalancerArns)
    if (countOf(context, arn) > ofBalancer)
      throw tooManyTargets(`Load balancer '${arn}' can have at most ${ofBalancer} targets`)
}

/** AWS: an Application Load Balancer is the only target of its group. */
const mostTargets = ({ targetType }: TargetGroupRecord, isApplication: boolean): number => {
  if (targetType === 'alb') return 1
  return isApplication ? TARGETS_PER_TARGET_GROUP : TARGETS_PER_NETWORK_TARGET_GROUP
}

/** Targets of all target groups of a load balancer. */
const countOf = ({ tx }: Elbv2Context, loadBalancerArn: string): number => {
  let count = 0
  for (const { loadBalancerArns, targetGroupArn } of tx.targetGroups.rows())
    if (loadBalancerArns.includes(loadBalancerArn)) count += tx.targets.findSize('byTargetGroup', targetGroupArn)
  return count
}
