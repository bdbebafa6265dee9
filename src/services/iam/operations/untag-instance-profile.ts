/** UntagInstanceProfile: removes the tags of these keys. */
import type { UntagInstanceProfileRequest } from '@aws-sdk/client-iam'
import { onInstanceProfile, removedTagKeys } from '../access.ts'
import type { IamOperation } from '../context.ts'
import { requireInstanceProfile } from '../lookups.ts'
import { check, ENTITY_NAME } from '../rules.ts'
import { tagsWithout } from '../tags.ts'

export const untagInstanceProfile: IamOperation<UntagInstanceProfileRequest> = {
  access: onInstanceProfile(removedTagKeys),
  handle: (input, context) => {
    check(input, { InstanceProfileName: ENTITY_NAME })
    const { key, tags } = requireInstanceProfile(context, input.InstanceProfileName)
    context.tx.instanceProfiles.update(key, { tags: tagsWithout(tags, input.TagKeys, 'sensitive') })
    return {}
  },
}
