/** DeleteLogGroup: removes a group with its streams and all of their events. */
import type { DeleteLogGroupRequest } from '@aws-sdk/client-cloudwatch-logs'
import { logStreamKey } from '../../../model/log-records.ts'
import { forgetLogFilters } from '../../../store/forget-log-filters.ts'
import { continued } from '../../operations.ts'
import { onNamed } from '../access.ts'
import type { LogsDeps, LogsOperation } from '../context.ts'
import { validation } from '../faults.ts'
import { requireGroup } from '../lookups.ts'

export const deleteLogGroup: LogsOperation<DeleteLogGroupRequest> = continued<
  LogsDeps,
  DeleteLogGroupRequest,
  object,
  { readonly groupId: string }
>({
  access: onNamed,
  handle: (input, context) => {
    const { arn, groupId, isProtected } = requireGroup(context, input)
    if (isProtected) throw validation('The log group has deletion protection enabled.')
    for (const { name } of context.tx.logStreams.find('byGroup', groupId))
      context.tx.logStreams.remove(logStreamKey(groupId, name))
    forgetLogFilters(context.tx, groupId)
    context.tx.logGroups.remove(arn)
    return { groupId }
  },
  finish: async ({ groupId }, { logs }) => {
    await logs.removeGroup(groupId)
    return {}
  },
})
