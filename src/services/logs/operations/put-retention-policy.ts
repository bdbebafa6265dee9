/** PutRetentionPolicy: how long a group keeps its events. */
import type { PutRetentionPolicyRequest } from '@aws-sdk/client-cloudwatch-logs'
import { onNamed } from '../access.ts'
import type { LogsOperation } from '../context.ts'
import { requireGroup } from '../lookups.ts'
import { checkRetentionDays, checkRetentionIsOpen } from '../retention.ts'

export const putRetentionPolicy: LogsOperation<PutRetentionPolicyRequest> = {
  access: onNamed,
  handle: (input, context) => {
    const { retentionInDays: retentionDays = 0 } = input
    checkRetentionDays(retentionDays)
    const group = requireGroup(context, input)
    checkRetentionIsOpen(group)
    context.tx.logGroups.update(group.arn, { retentionDays })
    return {}
  },
}
