/** Why an unhealthy task is stopped, in ECS's words: a balancer said so, or the check of a container. */
import { isInstanceTarget } from '../../model/load-balancing/instance-target.ts'
import { isUnhealthyTarget, type JudgedTarget, judgedTargets } from './targets/target-health.ts'
import type { PassContext } from './pass-context.ts'

const unhealthyTargets = ({ tx, targetHealth }: PassContext, taskId: string): readonly JudgedTarget[] =>
  judgedTargets({ tables: tx, targetHealth }, taskId).filter(isUnhealthyTarget)

/** By this reason a failed health check is recognised when its task has ended. */
export const illnessOf = (context: PassContext, taskId: string): string => {
  const [first] = unhealthyTargets(context, taskId)
  return first === undefined
    ? 'Task failed container health checks'
    : `Task failed ELB health checks in (target-group ${first.target.targetGroupArn})`
}

export const sayIllness = (context: PassContext, taskId: string): void => {
  const judged = unhealthyTargets(context, taskId)
  if (judged.length === 0) context.events.say(`(task ${taskId}) failed container health checks.`)
  for (const { target, report } of judged) {
    const { targetId, port, targetGroupArn } = target
    const who = isInstanceTarget(targetId) ? `(instance ${targetId})` : `(task ${taskId})`
    const reason = report?.description ?? 'Health checks failed'
    context.events.say(
      `${who} (port ${port}) is unhealthy in (target-group ${targetGroupArn}) due to (reason ${reason})`,
    )
  }
}
