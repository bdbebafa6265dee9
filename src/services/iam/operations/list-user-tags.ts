/** ListUserTags: the tags of a user, sorted by key. */
import type { ListUserTagsRequest, ListUserTagsResponse } from '@aws-sdk/client-iam'
import { onUser } from '../access.ts'
import type { IamOperation } from '../context.ts'
import { requireUser } from '../lookups.ts'
import { check, EXISTING_USER_NAME } from '../rules.ts'
import { pageOfTags } from '../tags.ts'

export const listUserTags: IamOperation<ListUserTagsRequest, ListUserTagsResponse> = {
  access: onUser(),
  handle: (input, context) => {
    check(input, { UserName: EXISTING_USER_NAME })
    const { arn, tags } = requireUser(context, input.UserName)
    return pageOfTags(context, arn, tags, input)
  },
}
