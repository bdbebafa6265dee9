/** Amazon CloudWatch Logs: groups of streams of events. */
import { sdkModel } from '../../wire/sdk-model.ts'
import type { ServiceDefinition } from '../../wire/service.ts'
import { LOGS } from '../addresses.ts'
import type { ServicesDeps } from '../deps.ts'
import { performer } from '../operations.ts'
import type { LogsOperationTable } from './context.ts'
import { InsightsQueries } from './insights-queries.ts'
import { LiveTails } from './live-tail/live-tails.ts'
import { logsNumbers } from './numbers.ts'
import { associateKmsKey } from './operations/associate-kms-key.ts'
import { cancelExportTask } from './operations/cancel-export-task.ts'
import { createExportTask } from './operations/create-export-task.ts'
import { createLogGroup } from './operations/create-log-group.ts'
import { createLogStream } from './operations/create-log-stream.ts'
import { deleteDestination } from './operations/delete-destination.ts'
import { deleteIndexPolicy } from './operations/delete-index-policy.ts'
import { deleteLogGroup } from './operations/delete-log-group.ts'
import { deleteLogStream } from './operations/delete-log-stream.ts'
import { deleteMetricFilter } from './operations/delete-metric-filter.ts'
import { deleteQueryDefinition } from './operations/delete-query-definition.ts'
import { deleteRetentionPolicy } from './operations/delete-retention-policy.ts'
import { deleteSubscriptionFilter } from './operations/delete-subscription-filter.ts'
import { describeDestinations } from './operations/describe-destinations.ts'
import { describeExportTasks } from './operations/describe-export-tasks.ts'
import { describeFieldIndexes } from './operations/describe-field-indexes.ts'
import { describeIndexPolicies } from './operations/describe-index-policies.ts'
import { describeLogGroups } from './operations/describe-log-groups.ts'
import { describeLogStreams } from './operations/describe-log-streams.ts'
import { describeMetricFilters } from './operations/describe-metric-filters.ts'
import { describeQueries } from './operations/describe-queries.ts'
import { describeQueryDefinitions } from './operations/describe-query-definitions.ts'
import { describeSubscriptionFilters } from './operations/describe-subscription-filters.ts'
import { disassociateKmsKey } from './operations/disassociate-kms-key.ts'
import { filterLogEvents } from './operations/filter-log-events.ts'
import { getLogEvents } from './operations/get-log-events.ts'
import { getLogGroupFields } from './operations/get-log-group-fields.ts'
import { getLogRecord } from './operations/get-log-record.ts'
import { getQueryResults } from './operations/get-query-results.ts'
import { listLogGroups } from './operations/list-log-groups.ts'
import { listTagsForResource } from './operations/list-tags-for-resource.ts'
import { listTagsLogGroup } from './operations/list-tags-log-group.ts'
import { putDestinationPolicy } from './operations/put-destination-policy.ts'
import { putDestination } from './operations/put-destination.ts'
import { putIndexPolicy } from './operations/put-index-policy.ts'
import { putLogEvents } from './operations/put-log-events.ts'
import { putLogGroupDeletionProtection } from './operations/put-log-group-deletion-protection.ts'
import { putMetricFilter } from './operations/put-metric-filter.ts'
import { putQueryDefinition } from './operations/put-query-definition.ts'
import { putRetentionPolicy } from './operations/put-retention-policy.ts'
import { putSubscriptionFilter } from './operations/put-subscription-filter.ts'
import { startLiveTail } from './operations/start-live-tail.ts'
import { startQuery } from './operations/start-query.ts'
import { stopQuery } from './operations/stop-query.ts'
import { tagLogGroup } from './operations/tag-log-group.ts'
import { tagResource } from './operations/tag-resource.ts'
import { testMetricFilter } from './operations/test-metric-filter.ts'
import { untagLogGroup } from './operations/untag-log-group.ts'
import { untagResource } from './operations/untag-resource.ts'

const operations: LogsOperationTable = {
  AssociateKmsKey: associateKmsKey,
  CancelExportTask: cancelExportTask,
  CreateExportTask: createExportTask,
  CreateLogGroup: createLogGroup,
  CreateLogStream: createLogStream,
  DeleteDestination: deleteDestination,
  DeleteIndexPolicy: deleteIndexPolicy,
  DeleteLogGroup: deleteLogGroup,
  DeleteLogStream: deleteLogStream,
  DeleteMetricFilter: deleteMetricFilter,
  DeleteQueryDefinition: deleteQueryDefinition,
  DeleteRetentionPolicy: deleteRetentionPolicy,
  DeleteSubscriptionFilter: deleteSubscriptionFilter,
  DescribeDestinations: describeDestinations,
  DescribeExportTasks: describeExportTasks,
  DescribeFieldIndexes: describeFieldIndexes,
  DescribeIndexPolicies: describeIndexPolicies,
  DescribeLogGroups: describeLogGroups,
  DescribeLogStreams: describeLogStreams,
  DescribeMetricFilters: describeMetricFilters,
  DescribeQueries: describeQueries,
  DescribeQueryDefinitions: describeQueryDefinitions,
  DescribeSubscriptionFilters: describeSubscriptionFilters,
  DisassociateKmsKey: disassociateKmsKey,
  FilterLogEvents: filterLogEvents,
  GetLogEvents: getLogEvents,
  GetLogGroupFields: getLogGroupFields,
  GetLogRecord: getLogRecord,
  GetQueryResults: getQueryResults,
  ListLogGroups: listLogGroups,
  ListTagsForResource: listTagsForResource,
  ListTagsLogGroup: listTagsLogGroup,
  PutDestination: putDestination,
  PutDestinationPolicy: putDestinationPolicy,
  PutIndexPolicy: putIndexPolicy,
  PutLogEvents: putLogEvents,
  PutLogGroupDeletionProtection: putLogGroupDeletionProtection,
  PutMetricFilter: putMetricFilter,
  PutQueryDefinition: putQueryDefinition,
  PutRetentionPolicy: putRetentionPolicy,
  PutSubscriptionFilter: putSubscriptionFilter,
  StartLiveTail: startLiveTail,
  StartQuery: startQuery,
  StopQuery: stopQuery,
  TagLogGroup: tagLogGroup,
  TagResource: tagResource,
  TestMetricFilter: testMetricFilter,
  UntagLogGroup: untagLogGroup,
  UntagResource: untagResource,
}

export const logsService = ({
  store,
  guard,
  clock,
  ids,
  log,
  pageTokens,
  logs,
  sealer,
}: ServicesDeps): ServiceDefinition => ({
  ...LOGS,
  model: () => sdkModel('@aws-sdk/client-cloudwatch-logs'),
  faults: { invalidInput: 'InvalidParameterException' },
  numbers: logsNumbers,
  operations: new Set(Object.keys(operations)),
  /** AWS: they are data, and so many that the trail would hold nothing else. */
  untraced: new Set(['PutLogEvents']),
  call: performer({
    store,
    service: 'logs',
    table: operations,
    deps: {
      clock,
      ids,
      pageTokens,
      logs,
      sealer,
      guard,
      tables: store.tables,
      liveTails: new LiveTails({ logs, tables: store.tables, clock, ids }),
      queries: new InsightsQueries({ clock, ids, log, pageTokens, logs, tables: store.tables }),
    },
    guard,
  }),
})
