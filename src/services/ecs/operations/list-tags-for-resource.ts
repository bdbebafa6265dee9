/** ListTagsForResource: the tags of one resource. */
import type { ListTagsForResourceRequest, ListTagsForResourceResponse } from '@aws-sdk/client-ecs'
import type { EcsOperation } from '../context.ts'
import { requireTagged } from '../tagged-resources.ts'

export const listTagsForResource: EcsOperation<ListTagsForResourceRequest, ListTagsForResourceResponse> = {
  handle: (input, context) => ({ tags: requireTagged(context, input.resourceArn).tags }),
}
