/** ListTagsForResource: the tags of a repository. */
import type { ListTagsForResourceRequest, ListTagsForResourceResponse } from '@aws-sdk/client-ecr'
import { onTagged } from '../access.ts'
import type { EcrOperation } from '../context.ts'
import { describeTags, requireTagged } from '../tags.ts'

export const listTagsForResource: EcrOperation<ListTagsForResourceRequest, ListTagsForResourceResponse> = {
  access: ({ resourceArn = '' }, context) => [onTagged(context, resourceArn)],
  handle: ({ resourceArn }, context) => ({ tags: describeTags(requireTagged(context, resourceArn).tags) }),
}
