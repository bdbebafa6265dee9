/** ListTagsForResource: the tags of a group. */
import type { ListTagsForResourceRequest, ListTagsForResourceResponse } from '@aws-sdk/client-cloudwatch-logs'
import { groupArnOf, onTagged } from '../access.ts'
import type { LogsOperation } from '../context.ts'
import { requireTagged, tagMap } from '../tags.ts'

export const listTagsForResource: LogsOperation<ListTagsForResourceRequest, ListTagsForResourceResponse> = {
  access: ({ resourceArn = '' }, context) => [onTagged(context, groupArnOf(context, resourceArn))],
  handle: ({ resourceArn }, context) => ({ tags: tagMap(requireTagged(context, resourceArn).tags) }),
}
