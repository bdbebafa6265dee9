/** UntagResource: removes tags of a group by their keys. */
import type { UntagResourceRequest } from '@aws-sdk/client-cloudwatch-logs'
import { groupArnOf, onTagged, tagKeysContext } from '../access.ts'
import type { LogsOperation } from '../context.ts'
import { removeTags, requireTagged } from '../tags.ts'

export const untagResource: LogsOperation<UntagResourceRequest> = {
  access: ({ resourceArn = '', tagKeys = [] }, context) => {
    const demand = onTagged(context, groupArnOf(context, resourceArn))
    return [{ ...demand, context: { ...demand.context, ...tagKeysContext(tagKeys) } }]
  },
  handle: ({ resourceArn, tagKeys = [] }, context) => {
    removeTags(context, requireTagged(context, resourceArn), tagKeys)
    return {}
  },
}
