/** ListTagsForResource: the tags of one resource. */
import type { ListTagsForResourceRequest, ListTagsForResourceResponse } from '@aws-sdk/client-ecs'
import { ANY, on } from '../access.ts'
import type { EcsOperation } from '../context.ts'
import { requireTagged } from '../tagged-resources.ts'

export const listTagsForResource: EcsOperation<ListTagsForResourceRequest, ListTagsForResourceResponse> = {
  access: ({ resourceArn = ANY }, context) => [on(context.tx, resourceArn)],
  handle: (input, context) => ({ tags: requireTagged(context, input.resourceArn).tags }),
}
