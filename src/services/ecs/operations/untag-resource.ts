/** UntagResource: removes tags by key; keys that the resource does not have change nothing. */
import type { UntagResourceRequest, UntagResourceResponse } from '@aws-sdk/client-ecs'
import { ANY, on } from '../access.ts'
import type { EcsOperation } from '../context.ts'
import { requireTagged } from '../tagged-resources.ts'
import { tagsWithout } from '../tags.ts'

export const untagResource: EcsOperation<UntagResourceRequest, UntagResourceResponse> = {
  access: ({ resourceArn = ANY, tagKeys = [] }, context) => [on(context.tx, resourceArn, { 'aws:tagkeys': tagKeys })],
  handle: (input, context) => {
    const resource = requireTagged(context, input.resourceArn)
    resource.setTags(tagsWithout(resource.tags, input.tagKeys ?? []))
    return {}
  },
}
