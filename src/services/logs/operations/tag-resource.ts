/** TagResource: adds tags to a group; a key that it has already gets the new value. */
import type { TagResourceRequest } from '@aws-sdk/client-cloudwatch-logs'
import { groupArnOf, onTagged } from '../access.ts'
import type { LogsOperation } from '../context.ts'
import { addTags, requireTagged, tagsOf } from '../tags.ts'

export const tagResource: LogsOperation<TagResourceRequest> = {
  access: ({ resourceArn = '', tags }, context) => [onTagged(context, groupArnOf(context, resourceArn), tagsOf(tags))],
  handle: ({ resourceArn, tags }, context) => {
    addTags(context, requireTagged(context, resourceArn), tagsOf(tags))
    return {}
  },
}
