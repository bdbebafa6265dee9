/** ListRoleTags: the tags of a role, sorted by key. */
import type { ListRoleTagsRequest, ListRoleTagsResponse } from '@aws-sdk/client-iam'
import { onRole } from '../access.ts'
import type { IamOperation } from '../context.ts'
import { requireRole } from '../lookups.ts'
import { check, ROLE_NAME } from '../rules.ts'
import { pageOfTags } from '../tags.ts'

export const listRoleTags: IamOperation<ListRoleTagsRequest, ListRoleTagsResponse> = {
  access: onRole(),
  handle: (input, context) => {
    check(input, { RoleName: ROLE_NAME })
    const { arn, tags } = requireRole(context, input.RoleName)
    return pageOfTags(context, arn, tags, input)
  },
}
