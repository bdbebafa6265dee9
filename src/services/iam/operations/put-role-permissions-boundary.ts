/** PutRolePermissionsBoundary: a managed policy as the limit of what other policies can allow a role. */
import type { PutRolePermissionsBoundaryRequest } from '@aws-sdk/client-iam'
import { onRole, requestedBoundary } from '../access.ts'
import type { IamOperation } from '../context.ts'
import { requireModifiableRole } from '../lookups.ts'
import { checkedBoundary } from '../permissions-boundary.ts'
import { ARN, check, ROLE_NAME } from '../rules.ts'

export const putRolePermissionsBoundary: IamOperation<PutRolePermissionsBoundaryRequest> = {
  access: onRole(requestedBoundary),
  handle: (input, context) => {
    check(input, { RoleName: ROLE_NAME, PermissionsBoundary: ARN })
    const { key } = requireModifiableRole(context, input.RoleName)
    context.tx.roles.update(key, checkedBoundary(context, input.PermissionsBoundary))
    return {}
  },
}
