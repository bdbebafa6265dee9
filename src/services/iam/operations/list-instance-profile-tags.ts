/** ListInstanceProfileTags: the tags of an instance profile, sorted by key. */
import type { ListInstanceProfileTagsRequest, ListInstanceProfileTagsResponse } from '@aws-sdk/client-iam'
import { onInstanceProfile } from '../access.ts'
import type { IamOperation } from '../context.ts'
import { requireInstanceProfile } from '../lookups.ts'
import { check, ENTITY_NAME } from '../rules.ts'
import { pageOfTags } from '../tags.ts'

export const listInstanceProfileTags: IamOperation<ListInstanceProfileTagsRequest, ListInstanceProfileTagsResponse> = {
  access: onInstanceProfile(),
  handle: (input, context) => {
    check(input, { InstanceProfileName: ENTITY_NAME })
    const { arn, tags } = requireInstanceProfile(context, input.InstanceProfileName)
    return pageOfTags(context, arn, tags, input)
  },
}
