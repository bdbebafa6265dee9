/** DeleteTaskSet: the task set drains until the service scheduler has stopped its tasks; one without tasks is gone at once. */
import type { DeleteTaskSetRequest, DeleteTaskSetResponse } from '@aws-sdk/client-ecs'
import { resourceId } from '../../../model/arn.ts'
import type { ServiceRecord, TaskSetRecord } from '../../../model/service-records.ts'
import { computedDesiredCount } from '../../../model/task-set-size.ts'
import { serviceTasksKey } from '../../../store/tables.ts'
import { onTaskSet } from '../access.ts'
import type { EcsContext, EcsOperation } from '../context.ts'
import { describeTaskSet } from '../describe-task-set.ts'
import { invalidParameter } from '../faults.ts'
import { requireTaskSet, requireTaskSetService } from '../task-sets.ts'

export const deleteTaskSet: EcsOperation<DeleteTaskSetRequest, DeleteTaskSetResponse> = {
  access: onTaskSet,
  handle: (input, context) => {
    const service = requireTaskSetService(context, input)
    const before = requireTaskSet(context, service, input.taskSet)
    if (!input.force) checkDeletable(service, before)
    const taskSet = before.status === 'DRAINING' ? before : drained(context, before)
    const answer = { taskSet: describeTaskSet(context.tx, service, taskSet, true) }
    if (!hasTasks(context, service, taskSet)) context.tx.taskSets.remove(taskSet.taskSetId)
    return answer
  },
}

const checkDeletable = (service: ServiceRecord, taskSet: TaskSetRecord): void => {
  if (taskSet.status === 'PRIMARY')
    throw invalidParameter('The primary task set cannot be deleted. Use force to delete it nevertheless.')
  if (computedDesiredCount(service, taskSet) > 0)
    throw invalidParameter(
      'The task set cannot be deleted before it is scaled to 0. Use force to delete it nevertheless.',
    )
}

const drained = ({ tx, now }: EcsContext, { taskSetId }: TaskSetRecord): TaskSetRecord =>
  tx.taskSets.update(taskSetId, {
    status: 'DRAINING',
    stabilityStatus: 'STABILIZING',
    stabilityStatusAt: now,
    updatedAt: now,
  })

/** Tasks that are stopping are tasks still. */
const hasTasks = ({ tx }: EcsContext, service: ServiceRecord, { taskSetId }: TaskSetRecord): boolean => {
  const key = serviceTasksKey(service.clusterArn, resourceId(service.serviceArn))
  for (const { startedBy } of tx.tasks.iterate('activeByService', key)) if (startedBy === taskSetId) return true
  return false
}
