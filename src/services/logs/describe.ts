/** Groups and streams as the API shows them. */
import type { LogGroup, LogStream } from '@aws-sdk/client-cloudwatch-logs'
import { logStreamArn } from '../../model/arn.ts'
import type { LogGroupRecord, LogStreamRecord } from '../../model/log-records.ts'
import { type LogStreamTimes, mergedTimes } from '../../store/logs/log-store.ts'
import { timesOfStream } from '../../store/logs/stored-log-groups.ts'

export const describeGroup = (group: LogGroupRecord, storedBytes: number, metricFilterCount: number): LogGroup => ({
  logGroupName: group.name,
  creationTime: group.createdAt,
  metricFilterCount,
  arn: `${group.arn}:*`,
  logGroupArn: group.arn,
  storedBytes,
  logGroupClass: group.logGroupClass,
  deletionProtectionEnabled: group.isProtected,
  ...(group.kmsKeyArn !== undefined && { kmsKeyId: group.kmsKeyArn }),
  ...(group.retentionDays !== undefined && { retentionInDays: group.retentionDays }),
})

/** `recent`: what the log store has of the stream that its record does not say yet. */
export const allTimes = (stream: LogStreamRecord, recent: LogStreamTimes | undefined): LogStreamTimes | undefined => {
  const sealed = timesOfStream(stream)
  return recent === undefined ? sealed : mergedTimes(sealed, recent)
}

export const describeStream = (
  group: LogGroupRecord,
  stream: LogStreamRecord,
  recent: LogStreamTimes | undefined,
): LogStream => {
  const times = allTimes(stream, recent)
  return {
    logStreamName: stream.name,
    creationTime: stream.createdAt,
    arn: logStreamArn(group.arn, stream.name),
    // AWS: no longer counted for streams.
    storedBytes: 0,
    ...(times !== undefined && {
      firstEventTimestamp: times.firstEventAt,
      lastEventTimestamp: times.lastEventAt,
      lastIngestionTime: times.lastIngestedAt,
    }),
  }
}
