/** UpdateRoleDescription: AWS's older way to change the description alone. */
import type { UpdateRoleDescriptionRequest, UpdateRoleDescriptionResponse } from '@aws-sdk/client-iam'
import { onRole } from '../access.ts'
import type { IamOperation } from '../context.ts'
import { describeRole } from '../describe.ts'
import { requireRole } from '../lookups.ts'
import { check, ROLE_DESCRIPTION, ROLE_NAME } from '../rules.ts'

export const updateRoleDescription: IamOperation<UpdateRoleDescriptionRequest, UpdateRoleDescriptionResponse> = {
  access: onRole(),
  handle: (input, context) => {
    check(input, { RoleName: ROLE_NAME, Description: ROLE_DESCRIPTION })
    const { key } = requireRole(context, input.RoleName)
    return { Role: describeRole(context.tx.roles.update(key, { description: input.Description ?? '' })) }
  },
}
