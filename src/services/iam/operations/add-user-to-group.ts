/** AddUserToGroup: the user gets the group's permissions. */
import type { AddUserToGroupRequest } from '@aws-sdk/client-iam'
import { GROUPS_PER_USER } from '../../../model/limits.ts'
import { onGroup } from '../access.ts'
import type { IamOperation } from '../context.ts'
import { quotaExceeded } from '../faults.ts'
import { requireGroup, requireUser } from '../lookups.ts'
import { check, ENTITY_NAME, EXISTING_USER_NAME } from '../rules.ts'

export const addUserToGroup: IamOperation<AddUserToGroupRequest> = {
  access: onGroup(),
  handle: (input, context) => {
    check(input, { GroupName: ENTITY_NAME, UserName: EXISTING_USER_NAME })
    const group = requireGroup(context, input.GroupName)
    const user = requireUser(context, input.UserName)
    // AWS: a user that is in the group already stays there.
    if (user.groupKeys.includes(group.key)) return {}
    if (user.groupKeys.length >= GROUPS_PER_USER) throw quotaExceeded('GroupsPerUser', GROUPS_PER_USER)
    context.tx.users.update(user.key, { groupKeys: [...user.groupKeys, group.key] })
    return {}
  },
}
