/** TagResource: adds tags to a resource; a key that it has already gets the new value. */
import type { TagResourceRequest, TagResourceResponse } from '@aws-sdk/client-ecs'
import { requestTagKeys } from '../access-keys.ts'
import { ANY, on } from '../access.ts'
import type { EcsOperation } from '../context.ts'
import { requireTagged } from '../tagged-resources.ts'
import { checkedTags, mergedTags } from '../tags.ts'

export const tagResource: EcsOperation<TagResourceRequest, TagResourceResponse> = {
  access: ({ resourceArn = ANY, tags }, context) => [on(context.tx, resourceArn, requestTagKeys(tags))],
  handle: (input, context) => {
    const resource = requireTagged(context, input.resourceArn)
    resource.setTags(mergedTags(resource.tags, checkedTags(input.tags)))
    return {}
  },
}
