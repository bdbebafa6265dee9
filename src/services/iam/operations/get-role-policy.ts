/** GetRolePolicy: an inline policy of a role, with its document. */
import type { GetRolePolicyRequest, GetRolePolicyResponse } from '@aws-sdk/client-iam'
import type { IamOperation } from '../context.ts'
import { gettingInline } from '../inline-policies.ts'
import { roles } from '../policy-holders.ts'

export const getRolePolicy: IamOperation<GetRolePolicyRequest, GetRolePolicyResponse> = gettingInline(
  roles,
  ({ roleName }, policy) => ({ RoleName: roleName, ...policy }),
)
