/** TagLogGroup: TagResource as it was before, by the group's name. */
import type { TagLogGroupRequest } from '@aws-sdk/client-cloudwatch-logs'
import { requestTagContext } from '../../checked-tags.ts'
import { onNamed } from '../access.ts'
import type { LogsOperation } from '../context.ts'
import { requireGroup } from '../lookups.ts'
import { addTags, tagsOf } from '../tags.ts'

export const tagLogGroup: LogsOperation<TagLogGroupRequest> = {
  access: (input, context) =>
    onNamed(input, context).map((demand) => ({
      ...demand,
      context: { ...demand.context, ...requestTagContext(tagsOf(input.tags)) },
    })),
  handle: (input, context) => {
    addTags(context, requireGroup(context, input), tagsOf(input.tags))
    return {}
  },
}
