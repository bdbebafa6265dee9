/** TagInstanceProfile: adds tags, or gives those that are there new values. */
import type { TagInstanceProfileRequest } from '@aws-sdk/client-iam'
import { onInstanceProfile, requestTags } from '../access.ts'
import type { IamOperation } from '../context.ts'
import { requireInstanceProfile } from '../lookups.ts'
import { check, ENTITY_NAME } from '../rules.ts'
import { mergedTags } from '../tags.ts'

export const tagInstanceProfile: IamOperation<TagInstanceProfileRequest> = {
  access: onInstanceProfile(requestTags),
  handle: (input, context) => {
    check(input, { InstanceProfileName: ENTITY_NAME })
    const { key, tags } = requireInstanceProfile(context, input.InstanceProfileName)
    context.tx.instanceProfiles.update(key, { tags: mergedTags(tags, input.Tags, 'sensitive') })
    return {}
  },
}
