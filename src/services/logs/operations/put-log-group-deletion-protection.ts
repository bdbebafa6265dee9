/** PutLogGroupDeletionProtection: whether a group and its streams can be deleted. */
import type { PutLogGroupDeletionProtectionRequest } from '@aws-sdk/client-cloudwatch-logs'
import { onNamed } from '../access.ts'
import type { LogsOperation } from '../context.ts'
import { requireGroup } from '../lookups.ts'

export const putLogGroupDeletionProtection: LogsOperation<PutLogGroupDeletionProtectionRequest> = {
  access: onNamed,
  handle: (input, context) => {
    const { arn } = requireGroup(context, input)
    context.tx.logGroups.update(arn, { isProtected: input.deletionProtectionEnabled ?? false })
    return {}
  },
}
