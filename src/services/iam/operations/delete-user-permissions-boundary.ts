/** DeleteUserPermissionsBoundary: nothing limits any more what other policies allow a user. */
import type { DeleteUserPermissionsBoundaryRequest } from '@aws-sdk/client-iam'
import { boundaryOfUser, onUser } from '../access.ts'
import type { IamOperation } from '../context.ts'
import { requireUser } from '../lookups.ts'
import { check, EXISTING_USER_NAME } from '../rules.ts'

export const deleteUserPermissionsBoundary: IamOperation<DeleteUserPermissionsBoundaryRequest> = {
  access: onUser(boundaryOfUser),
  handle: (input, context) => {
    check(input, { UserName: EXISTING_USER_NAME })
    const { key } = requireUser(context, input.UserName)
    context.tx.users.update(key, { permissionsBoundaryArn: undefined })
    return {}
  },
}
