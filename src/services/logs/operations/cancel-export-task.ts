/** CancelExportTask: there are no export tasks. */
import type { CancelExportTaskRequest } from '@aws-sdk/client-cloudwatch-logs'
import type { LogsOperation } from '../context.ts'
import { notFound } from '../faults.ts'

export const cancelExportTask: LogsOperation<CancelExportTaskRequest> = {
  access: () => [{ resource: '*' }],
  handle: () => {
    throw notFound('The specified export task does not exist.')
  },
}
