/** GetRole: a role, its trust policy, and when it was used last. */
import type { GetRoleRequest, GetRoleResponse } from '@aws-sdk/client-iam'
import { onRole } from '../access.ts'
import type { IamOperation } from '../context.ts'
import { describeLastUse, describeRole } from '../describe.ts'
import { requireRole } from '../lookups.ts'
import { check, ROLE_NAME } from '../rules.ts'

export const getRole: IamOperation<GetRoleRequest, GetRoleResponse> = {
  access: onRole(),
  handle: (input, context) => {
    check(input, { RoleName: ROLE_NAME })
    const role = requireRole(context, input.RoleName)
    return { Role: { ...describeRole(role), ...describeLastUse(role) } }
  },
}
