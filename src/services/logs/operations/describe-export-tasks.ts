/** DescribeExportTasks: there are none, as none can be made. */
import type { DescribeExportTasksRequest, DescribeExportTasksResponse } from '@aws-sdk/client-cloudwatch-logs'
import type { LogsOperation } from '../context.ts'

export const describeExportTasks: LogsOperation<DescribeExportTasksRequest, DescribeExportTasksResponse> = {
  access: () => [{ resource: '*' }],
  handle: () => ({ exportTasks: [] }),
}
