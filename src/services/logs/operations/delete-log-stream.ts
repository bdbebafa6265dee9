/** DeleteLogStream: removes a stream with all of its events. */
import type { DeleteLogStreamRequest } from '@aws-sdk/client-cloudwatch-logs'
import { logStreamKey } from '../../../model/log-records.ts'
import { continued } from '../../operations.ts'
import { onNamed } from '../access.ts'
import type { LogsDeps, LogsOperation } from '../context.ts'
import { validation } from '../faults.ts'
import { requireStream } from '../lookups.ts'

export const deleteLogStream: LogsOperation<DeleteLogStreamRequest> = continued<
  LogsDeps,
  DeleteLogStreamRequest,
  object,
  { readonly groupId: string; readonly streamId: string }
>({
  access: onNamed,
  handle: (input, context) => {
    const { group, stream } = requireStream(context, input)
    if (group.isProtected) throw validation('The log group has deletion protection enabled.')
    context.tx.logStreams.remove(logStreamKey(group.groupId, stream.name))
    return { groupId: group.groupId, streamId: stream.streamId }
  },
  finish: async ({ groupId, streamId }, { logs }) => {
    await logs.removeStreams(groupId, new Set([streamId]))
    return {}
  },
})
