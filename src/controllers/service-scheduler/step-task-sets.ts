/**
 * One step of the task sets of a service with an EXTERNAL deployment controller: how many tasks each is to have, whether each has come
 * to rest, and those that have drained.
 */
import { computedDesiredCount } from '../../model/task-set-size.ts'
import type { TaskSetRecord } from '../../model/service-records.ts'
import type { Observation } from './observe.ts'
import type { PassContext } from './pass-context.ts'
import type { GroupTarget, TaskCounts } from './rollout/types.ts'
import { serviceAction } from './service-events.ts'
import type { ServiceStep } from './step-deployments.ts'

const NO_TASKS: TaskCounts = { starting: 0, running: 0, healthy: 0, stopping: 0 }

export const stepTaskSets = (context: PassContext, { counts }: Observation): ServiceStep => {
  const groups: GroupTarget[] = []
  let isSteady = true
  for (const taskSet of context.tx.taskSets.find('byService', context.service.serviceArn)) {
    const desiredCount = computedDesiredCount(context.service, taskSet)
    const present = counts.get(taskSet.taskSetId) ?? NO_TASKS
    if (taskSet.status === 'DRAINING' && isEmpty(present)) {
      context.tx.taskSets.remove(taskSet.taskSetId)
      continue
    }
    const isAtRest = isStable(present, desiredCount)
    isSteady &&= isAtRest
    recordStability(context, taskSet, isAtRest)
    groups.push({ holderId: taskSet.taskSetId, desiredCount, replacedIds: [], mayStart: taskSet.status !== 'DRAINING' })
  }
  return { groups, isSteady }
}

const isEmpty = ({ starting, running, stopping }: TaskCounts): boolean => starting + running + stopping === 0

/** AWS: STEADY_STATE is a matter of counts and health. Source: `stabilityStatus` of TaskSet in the API reference. */
const isStable = ({ starting, running, healthy }: TaskCounts, desiredCount: number): boolean =>
  starting === 0 && running === desiredCount && healthy === desiredCount

const recordStability = ({ tx, events, now }: PassContext, taskSet: TaskSetRecord, isAtRest: boolean): void => {
  const stabilityStatus = isAtRest ? 'STEADY_STATE' : 'STABILIZING'
  if (taskSet.stabilityStatus === stabilityStatus) return
  tx.taskSets.update(taskSet.taskSetId, { stabilityStatus, stabilityStatusAt: now, updatedAt: now })
  const action = isAtRest ? serviceAction('INFO', 'TASKSET_STEADY_STATE') : undefined
  events.say(`updated state to ${stabilityStatus}.`, action, taskSet.taskSetId)
}
