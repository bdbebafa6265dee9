/** DeleteRolePermissionsBoundary: nothing limits any more what other policies allow a role. */
import type { DeleteRolePermissionsBoundaryRequest } from '@aws-sdk/client-iam'
import { boundaryOfRole, onRole } from '../access.ts'
import type { IamOperation } from '../context.ts'
import { requireModifiableRole } from '../lookups.ts'
import { check, ROLE_NAME } from '../rules.ts'

export const deleteRolePermissionsBoundary: IamOperation<DeleteRolePermissionsBoundaryRequest> = {
  access: onRole(boundaryOfRole),
  handle: (input, context) => {
    check(input, { RoleName: ROLE_NAME })
    const { key } = requireModifiableRole(context, input.RoleName)
    context.tx.roles.update(key, { permissionsBoundaryArn: undefined })
    return {}
  },
}
