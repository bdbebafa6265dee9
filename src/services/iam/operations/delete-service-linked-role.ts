/** DeleteServiceLinkedRole: begins a task that deletes the role, which is over at once. */
import type { DeleteServiceLinkedRoleRequest, DeleteServiceLinkedRoleResponse } from '@aws-sdk/client-iam'
import { onRole } from '../access.ts'
import type { IamOperation } from '../context.ts'
import { deletionTaskId } from '../deletion-tasks.ts'
import { invalidInput } from '../faults.ts'
import { requireRole } from '../lookups.ts'
import { replaceNamedPrincipal } from '../named-principals.ts'
import { check, ROLE_NAME } from '../rules.ts'

export const deleteServiceLinkedRole: IamOperation<DeleteServiceLinkedRoleRequest, DeleteServiceLinkedRoleResponse> = {
  access: onRole(),
  handle: (input, context) => {
    check(input, { RoleName: ROLE_NAME })
    const { key, arn, roleId, roleName, linkedService: service } = requireRole(context, input.RoleName)
    if (service === undefined) throw invalidInput(`The role with name ${roleName} is not a service-linked role.`)
    context.tx.roles.remove(key)
    replaceNamedPrincipal(context, arn, roleId)
    return { DeletionTaskId: deletionTaskId(context, { service, roleName }) }
  },
}
