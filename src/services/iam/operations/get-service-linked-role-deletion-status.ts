/** GetServiceLinkedRoleDeletionStatus: whether a service-linked role is gone. */
import type {
  GetServiceLinkedRoleDeletionStatusRequest,
  GetServiceLinkedRoleDeletionStatusResponse,
} from '@aws-sdk/client-iam'
import { onArn } from '../access.ts'
import type { IamOperation } from '../context.ts'
import { isDeletionTask, roleOfDeletionTask } from '../deletion-tasks.ts'
import { noSuchEntity } from '../faults.ts'
import { check, DELETION_TASK_ID } from '../rules.ts'

export const getServiceLinkedRoleDeletionStatus: IamOperation<
  GetServiceLinkedRoleDeletionStatusRequest,
  GetServiceLinkedRoleDeletionStatusResponse
> = {
  access: onArn(({ DeletionTaskId: id = '' }, context) => roleOfDeletionTask(context, id)),
  handle: (input, context) => {
    check(input, { DeletionTaskId: DELETION_TASK_ID })
    const { DeletionTaskId: id = '' } = input
    if (!isDeletionTask(context, id)) throw noSuchEntity(`The deletion task with id ${id} cannot be found.`)
    return { Status: 'SUCCEEDED' }
  },
}
