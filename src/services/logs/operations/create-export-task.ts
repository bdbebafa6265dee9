/** CreateExportTask: refused, as there is no Amazon S3 here to export to. */
import type { CreateExportTaskRequest, CreateExportTaskResponse } from '@aws-sdk/client-cloudwatch-logs'
import { onNamed } from '../access.ts'
import type { LogsOperation } from '../context.ts'
import { invalidParameter } from '../faults.ts'
import { requireGroup } from '../lookups.ts'

export const createExportTask: LogsOperation<CreateExportTaskRequest, CreateExportTaskResponse> = {
  access: ({ logGroupName }, context) => onNamed({ logGroupName }, context),
  handle: ({ logGroupName, destination }, context) => {
    requireGroup(context, { logGroupName })
    throw invalidParameter(`The bucket ${destination} does not exist: there is no Amazon S3 to export to.`)
  },
}
