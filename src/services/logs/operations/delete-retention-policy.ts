/** DeleteRetentionPolicy: a group's events never expire. */
import type { DeleteRetentionPolicyRequest } from '@aws-sdk/client-cloudwatch-logs'
import { onNamed } from '../access.ts'
import type { LogsOperation } from '../context.ts'
import { requireGroup } from '../lookups.ts'
import { checkRetentionIsOpen } from '../retention.ts'

export const deleteRetentionPolicy: LogsOperation<DeleteRetentionPolicyRequest> = {
  access: onNamed,
  handle: (input, context) => {
    const group = requireGroup(context, input)
    checkRetentionIsOpen(group)
    context.tx.logGroups.update(group.arn, { retentionDays: undefined })
    return {}
  },
}
