/** PutUserPermissionsBoundary: a managed policy as the limit of what other policies can allow a user. */
import type { PutUserPermissionsBoundaryRequest } from '@aws-sdk/client-iam'
import { onUser, requestedBoundary } from '../access.ts'
import type { IamOperation } from '../context.ts'
import { requireUser } from '../lookups.ts'
import { checkedBoundary } from '../permissions-boundary.ts'
import { ARN, check, EXISTING_USER_NAME } from '../rules.ts'

export const putUserPermissionsBoundary: IamOperation<PutUserPermissionsBoundaryRequest> = {
  access: onUser(requestedBoundary),
  handle: (input, context) => {
    check(input, { UserName: EXISTING_USER_NAME, PermissionsBoundary: ARN })
    const { key } = requireUser(context, input.UserName)
    context.tx.users.update(key, checkedBoundary(context, input.PermissionsBoundary))
    return {}
  },
}
