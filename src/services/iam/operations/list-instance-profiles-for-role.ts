/** ListInstanceProfilesForRole: the instance profiles that hand out a role. */
import type { ListInstanceProfilesForRoleRequest, ListInstanceProfilesForRoleResponse } from '@aws-sdk/client-iam'
import { onRole } from '../access.ts'
import type { IamOperation } from '../context.ts'
import { describeProfileInList } from '../describe.ts'
import { findProfilesOfRole, requireRole } from '../lookups.ts'
import { page } from '../page.ts'
import { check, ROLE_NAME } from '../rules.ts'

export const listInstanceProfilesForRole: IamOperation<
  ListInstanceProfilesForRoleRequest,
  ListInstanceProfilesForRoleResponse
> = {
  access: onRole(),
  handle: (input, context) => {
    check(input, { RoleName: ROLE_NAME })
    const role = requireRole(context, input.RoleName)
    const profiles = findProfilesOfRole(context, role)
    const scope = `ListInstanceProfilesForRole/${role.key}`
    const { items, rest } = page(context, scope, profiles, input, ({ key }) => key)
    return { InstanceProfiles: items.map((profile) => describeProfileInList(context, profile)), ...rest }
  },
}
