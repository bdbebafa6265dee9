/** UpdateServicePrimaryTaskSet: which of its task sets a service is described by, and whose tasks have the production traffic. */
import type { UpdateServicePrimaryTaskSetRequest, UpdateServicePrimaryTaskSetResponse } from '@aws-sdk/client-ecs'
import { onService } from '../access.ts'
import type { EcsOperation } from '../context.ts'
import { describeTaskSet } from '../describe-task-set.ts'
import { checkNotDraining, requireActiveTaskSetService, requireTaskSet } from '../task-sets.ts'

export const updateServicePrimaryTaskSet: EcsOperation<
  UpdateServicePrimaryTaskSetRequest,
  UpdateServicePrimaryTaskSetResponse
> = {
  access: onService,
  handle: (input, context) => {
    const { tx, now } = context
    const service = requireActiveTaskSetService(context, input)
    const chosen = requireTaskSet(context, service, input.primaryTaskSet, 'primaryTaskSet')
    checkNotDraining(chosen)
    for (const { taskSetId, status } of tx.taskSets.find('byService', service.serviceArn))
      if (status === 'PRIMARY' && taskSetId !== chosen.taskSetId)
        tx.taskSets.update(taskSetId, { status: 'ACTIVE', updatedAt: now })
    const taskSet =
      chosen.status === 'PRIMARY' ? chosen : tx.taskSets.update(chosen.taskSetId, { status: 'PRIMARY', updatedAt: now })
    return { taskSet: describeTaskSet(tx, service, taskSet, true) }
  },
}
