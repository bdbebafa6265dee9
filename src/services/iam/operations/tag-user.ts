/** TagUser: adds tags, or gives those that are there new values. */
import type { TagUserRequest } from '@aws-sdk/client-iam'
import { onUser, requestTags } from '../access.ts'
import type { IamOperation } from '../context.ts'
import { requireUser } from '../lookups.ts'
import { check, EXISTING_USER_NAME } from '../rules.ts'
import { mergedTags } from '../tags.ts'

export const tagUser: IamOperation<TagUserRequest> = {
  access: onUser(requestTags),
  handle: (input, context) => {
    check(input, { UserName: EXISTING_USER_NAME })
    const { key, tags } = requireUser(context, input.UserName)
    context.tx.users.update(key, { tags: mergedTags(tags, input.Tags, 'insensitive') })
    return {}
  },
}
