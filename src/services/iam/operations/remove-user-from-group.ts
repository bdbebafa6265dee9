/** RemoveUserFromGroup: the user loses the group's permissions. */
import type { RemoveUserFromGroupRequest } from '@aws-sdk/client-iam'
import { onGroup } from '../access.ts'
import type { IamOperation } from '../context.ts'
import { requireGroup, requireUser } from '../lookups.ts'
import { check, ENTITY_NAME, EXISTING_USER_NAME } from '../rules.ts'

export const removeUserFromGroup: IamOperation<RemoveUserFromGroupRequest> = {
  access: onGroup(),
  handle: (input, context) => {
    check(input, { GroupName: ENTITY_NAME, UserName: EXISTING_USER_NAME })
    const group = requireGroup(context, input.GroupName)
    const { key, groupKeys } = requireUser(context, input.UserName)
    // AWS: a user that is not in the group is no fault.
    context.tx.users.update(key, { groupKeys: groupKeys.filter((each) => each !== group.key) })
    return {}
  },
}
