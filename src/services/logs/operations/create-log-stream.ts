/** CreateLogStream: a stream without events. */
import type { CreateLogStreamRequest } from '@aws-sdk/client-cloudwatch-logs'
import { logStreamKey } from '../../../model/log-records.ts'
import { onNamed } from '../access.ts'
import type { LogsOperation } from '../context.ts'
import { alreadyExists } from '../faults.ts'
import { requireGroup } from '../lookups.ts'
import { checkNames } from '../names.ts'

export const createLogStream: LogsOperation<CreateLogStreamRequest> = {
  access: onNamed,
  handle: (input, context) => {
    const { tx, ids, now } = context
    checkNames(input)
    const { groupId } = requireGroup(context, input)
    const { logStreamName: name = '' } = input
    if (tx.logStreams.has(logStreamKey(groupId, name))) throw alreadyExists('The specified log stream already exists')
    tx.logStreams.insert({ groupId, name, streamId: ids.uuid(), createdAt: now })
    return {}
  },
}
