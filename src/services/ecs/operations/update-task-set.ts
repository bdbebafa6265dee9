/** UpdateTaskSet: another scale for a task set. */
import type { UpdateTaskSetRequest, UpdateTaskSetResponse } from '@aws-sdk/client-ecs'
import { onTaskSet } from '../access.ts'
import type { EcsOperation } from '../context.ts'
import { describeTaskSet } from '../describe-task-set.ts'
import { missing } from '../missing-member.ts'
import { checkedScalePercent, checkNotDraining, requireActiveTaskSetService, requireTaskSet } from '../task-sets.ts'

export const updateTaskSet: EcsOperation<UpdateTaskSetRequest, UpdateTaskSetResponse> = {
  access: onTaskSet,
  handle: (input, context) => {
    const service = requireActiveTaskSetService(context, input)
    const before = requireTaskSet(context, service, input.taskSet)
    checkNotDraining(before)
    if (input.scale === undefined) throw missing('scale')
    const taskSet = context.tx.taskSets.update(before.taskSetId, {
      scalePercent: checkedScalePercent(input.scale),
      stabilityStatus: 'STABILIZING',
      stabilityStatusAt: context.now,
      updatedAt: context.now,
    })
    return { taskSet: describeTaskSet(context.tx, service, taskSet, true) }
  },
}
