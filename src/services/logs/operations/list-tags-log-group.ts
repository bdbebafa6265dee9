/** ListTagsLogGroup: ListTagsForResource as it was before, by the group's name. */
import type { ListTagsLogGroupRequest, ListTagsLogGroupResponse } from '@aws-sdk/client-cloudwatch-logs'
import { onNamed } from '../access.ts'
import type { LogsOperation } from '../context.ts'
import { requireGroup } from '../lookups.ts'
import { tagMap } from '../tags.ts'

export const listTagsLogGroup: LogsOperation<ListTagsLogGroupRequest, ListTagsLogGroupResponse> = {
  access: onNamed,
  handle: (input, context) => ({ tags: tagMap(requireGroup(context, input).tags) }),
}
