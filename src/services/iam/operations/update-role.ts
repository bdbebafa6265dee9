/** UpdateRole: another description, another longest session. */
import type { UpdateRoleRequest } from '@aws-sdk/client-iam'
import { ROLE_SESSION_SECONDS } from '../../../model/limits.ts'
import { onRole } from '../access.ts'
import type { IamOperation } from '../context.ts'
import { unmodifiableEntity } from '../faults.ts'
import { requireRole } from '../lookups.ts'
import { check, ROLE_DESCRIPTION, ROLE_NAME, SESSION_SECONDS } from '../rules.ts'

export const updateRole: IamOperation<UpdateRoleRequest> = {
  access: onRole(),
  handle: (input, context) => {
    check(input, { RoleName: ROLE_NAME, Description: ROLE_DESCRIPTION, MaxSessionDuration: SESSION_SECONDS })
    const { Description: description, MaxSessionDuration: seconds } = input
    const { key, roleName, linkedService } = requireRole(context, input.RoleName)
    // AWS: of a service-linked role, the description may be changed.
    if (linkedService !== undefined && seconds !== undefined)
      throw unmodifiableEntity(`${roleName} is an AWS service linked role, max session duration cannot be changed.`)
    context.tx.roles.update(key, {
      ...(description !== undefined && { description }),
      // AWS: a request that says nothing of sessions makes them last an hour again.
      maxSessionDurationSeconds: seconds ?? ROLE_SESSION_SECONDS.min,
    })
    return {}
  },
}
