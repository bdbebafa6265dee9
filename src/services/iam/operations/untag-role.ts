/** UntagRole: removes the tags of these keys. */
import type { UntagRoleRequest } from '@aws-sdk/client-iam'
import { onRole, removedTagKeys } from '../access.ts'
import type { IamOperation } from '../context.ts'
import { requireRole } from '../lookups.ts'
import { check, ROLE_NAME } from '../rules.ts'
import { tagsWithout } from '../tags.ts'

export const untagRole: IamOperation<UntagRoleRequest> = {
  access: onRole(removedTagKeys),
  handle: (input, context) => {
    check(input, { RoleName: ROLE_NAME })
    const { key, tags } = requireRole(context, input.RoleName)
    context.tx.roles.update(key, { tags: tagsWithout(tags, input.TagKeys, 'insensitive') })
    return {}
  },
}
