/** TagRole: adds tags, or gives those that are there new values. */
import type { TagRoleRequest } from '@aws-sdk/client-iam'
import { onRole, requestTags } from '../access.ts'
import type { IamOperation } from '../context.ts'
import { requireRole } from '../lookups.ts'
import { check, ROLE_NAME } from '../rules.ts'
import { mergedTags } from '../tags.ts'

export const tagRole: IamOperation<TagRoleRequest> = {
  access: onRole(requestTags),
  handle: (input, context) => {
    check(input, { RoleName: ROLE_NAME })
    const { key, tags } = requireRole(context, input.RoleName)
    context.tx.roles.update(key, { tags: mergedTags(tags, input.Tags, 'insensitive') })
    return {}
  },
}
