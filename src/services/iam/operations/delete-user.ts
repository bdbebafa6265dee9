/** DeleteUser: a user that has nothing any more. */
import type { DeleteUserRequest } from '@aws-sdk/client-iam'
import { onUser } from '../access.ts'
import type { IamOperation } from '../context.ts'
import { checkWithoutPolicies } from '../deletion.ts'
import { deleteConflict } from '../faults.ts'
import { requireUser } from '../lookups.ts'
import { replaceNamedPrincipal } from '../named-principals.ts'
import { check, EXISTING_USER_NAME } from '../rules.ts'

export const deleteUser: IamOperation<DeleteUserRequest> = {
  access: onUser(),
  handle: (input, context) => {
    check(input, { UserName: EXISTING_USER_NAME })
    const { tx } = context
    const user = requireUser(context, input.UserName)
    checkWithoutPolicies(user)
    if (tx.accessKeys.findSize('byPrincipal', user.arn) > 0)
      throw deleteConflict('Cannot delete entity, must delete access keys first.')
    if (user.groupKeys.length > 0) throw deleteConflict('Cannot delete entity, must remove users from group first.')
    tx.users.remove(user.key)
    replaceNamedPrincipal(context, user.arn, user.userId)
    return {}
  },
}
