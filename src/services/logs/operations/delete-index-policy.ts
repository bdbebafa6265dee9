/** DeleteIndexPolicy: a group has no indexes but those that every group has. */
import type { DeleteIndexPolicyRequest } from '@aws-sdk/client-cloudwatch-logs'
import { onNamed } from '../access.ts'
import type { LogsOperation } from '../context.ts'
import { checkIsStandard } from '../group-class.ts'
import { requireGroup } from '../lookups.ts'

export const deleteIndexPolicy: LogsOperation<DeleteIndexPolicyRequest> = {
  access: ({ logGroupIdentifier }, context) => onNamed({ logGroupIdentifier }, context),
  handle: ({ logGroupIdentifier }, context) => {
    const group = requireGroup(context, { logGroupIdentifier })
    checkIsStandard(group, 'DeleteIndexPolicy')
    context.tx.logGroups.update(group.arn, { indexPolicy: undefined })
    return {}
  },
}
