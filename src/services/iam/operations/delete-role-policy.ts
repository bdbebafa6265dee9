/** DeleteRolePolicy: removes an inline policy from a role. */
import type { DeleteRolePolicyRequest } from '@aws-sdk/client-iam'
import type { IamOperation } from '../context.ts'
import { deletingInline } from '../inline-policies.ts'
import { roles } from '../policy-holders.ts'

export const deleteRolePolicy: IamOperation<DeleteRolePolicyRequest> = deletingInline(roles)
