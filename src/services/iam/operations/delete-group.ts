/** DeleteGroup: a group without users and policies. */
import type { DeleteGroupRequest } from '@aws-sdk/client-iam'
import { onGroup } from '../access.ts'
import type { IamOperation } from '../context.ts'
import { checkWithoutPolicies } from '../deletion.ts'
import { deleteConflict } from '../faults.ts'
import { findMembers } from '../groups.ts'
import { requireGroup } from '../lookups.ts'
import { check, ENTITY_NAME } from '../rules.ts'

export const deleteGroup: IamOperation<DeleteGroupRequest> = {
  access: onGroup(),
  handle: (input, context) => {
    check(input, { GroupName: ENTITY_NAME })
    const group = requireGroup(context, input.GroupName)
    checkWithoutPolicies(group)
    if (findMembers(context, group).length > 0)
      throw deleteConflict('Cannot delete entity, must remove users from group first.')
    context.tx.groups.remove(group.key)
    return {}
  },
}
