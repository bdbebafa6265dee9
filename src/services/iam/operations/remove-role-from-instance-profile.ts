/** RemoveRoleFromInstanceProfile: takes an instance profile's role away. */
import type { RemoveRoleFromInstanceProfileRequest } from '@aws-sdk/client-iam'
import { onInstanceProfile } from '../access.ts'
import type { IamOperation } from '../context.ts'
import { noSuchEntity } from '../faults.ts'
import { requireInstanceProfile, requireModifiableRole } from '../lookups.ts'
import { check, ENTITY_NAME, ROLE_NAME } from '../rules.ts'

export const removeRoleFromInstanceProfile: IamOperation<RemoveRoleFromInstanceProfileRequest> = {
  access: onInstanceProfile(),
  handle: (input, context) => {
    check(input, { InstanceProfileName: ENTITY_NAME, RoleName: ROLE_NAME })
    const { key, roleKeys } = requireInstanceProfile(context, input.InstanceProfileName)
    const role = requireModifiableRole(context, input.RoleName)
    if (!roleKeys.includes(role.key)) throw noSuchEntity(`The role with name ${role.roleName} cannot be found.`)
    context.tx.instanceProfiles.update(key, { roleKeys: roleKeys.filter((each) => each !== role.key) })
    return {}
  },
}
