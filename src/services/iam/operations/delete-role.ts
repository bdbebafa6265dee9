/** DeleteRole: a role without policies that no instance profile holds. */
import type { DeleteRoleRequest } from '@aws-sdk/client-iam'
import { onRole } from '../access.ts'
import type { IamOperation } from '../context.ts'
import { checkWithoutPolicies } from '../deletion.ts'
import { deleteConflict } from '../faults.ts'
import { findProfilesOfRole, requireModifiableRole } from '../lookups.ts'
import { replaceNamedPrincipal } from '../named-principals.ts'
import { check, ROLE_NAME } from '../rules.ts'

export const deleteRole: IamOperation<DeleteRoleRequest> = {
  access: onRole(),
  handle: (input, context) => {
    check(input, { RoleName: ROLE_NAME })
    const role = requireModifiableRole(context, input.RoleName)
    if (findProfilesOfRole(context, role).length > 0)
      throw deleteConflict('Cannot delete entity, must remove roles from instance profile first.')
    checkWithoutPolicies(role)
    context.tx.roles.remove(role.key)
    replaceNamedPrincipal(context, role.arn, role.roleId)
    return {}
  },
}
