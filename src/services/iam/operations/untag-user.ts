/** UntagUser: removes the tags of these keys. */
import type { UntagUserRequest } from '@aws-sdk/client-iam'
import { onUser, removedTagKeys } from '../access.ts'
import type { IamOperation } from '../context.ts'
import { requireUser } from '../lookups.ts'
import { check, EXISTING_USER_NAME } from '../rules.ts'
import { tagsWithout } from '../tags.ts'

export const untagUser: IamOperation<UntagUserRequest> = {
  access: onUser(removedTagKeys),
  handle: (input, context) => {
    check(input, { UserName: EXISTING_USER_NAME })
    const { key, tags } = requireUser(context, input.UserName)
    context.tx.users.update(key, { tags: tagsWithout(tags, input.TagKeys, 'insensitive') })
    return {}
  },
}
