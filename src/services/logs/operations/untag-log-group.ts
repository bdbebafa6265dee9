/** UntagLogGroup: UntagResource as it was before, by the group's name. */
import type { UntagLogGroupRequest } from '@aws-sdk/client-cloudwatch-logs'
import { onNamed, tagKeysContext } from '../access.ts'
import type { LogsOperation } from '../context.ts'
import { requireGroup } from '../lookups.ts'
import { removeTags } from '../tags.ts'

export const untagLogGroup: LogsOperation<UntagLogGroupRequest> = {
  access: (input, context) =>
    onNamed(input, context).map((demand) => ({
      ...demand,
      context: { ...demand.context, ...tagKeysContext(input.tags ?? []) },
    })),
  handle: (input, context) => {
    removeTags(context, requireGroup(context, input), input.tags ?? [])
    return {}
  },
}
