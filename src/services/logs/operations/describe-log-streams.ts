/** DescribeLogStreams: the streams of a group, in the order of their names or of their last events. */
import type { DescribeLogStreamsRequest, DescribeLogStreamsResponse, LogStream } from '@aws-sdk/client-cloudwatch-logs'
import { type LogGroupRecord, logStreamKey, type LogStreamRecord } from '../../../model/log-records.ts'
import { sortedPage } from '../../sorted-page.ts'
import { onNamed } from '../access.ts'
import type { LogsContext, LogsOperation } from '../context.ts'
import { allTimes, describeStream } from '../describe.ts'
import { invalidParameter, invalidToken } from '../faults.ts'
import { requireGroup } from '../lookups.ts'
import { checkNames } from '../names.ts'
import { page, pageSize } from '../page.ts'

type Request = DescribeLogStreamsRequest

const check = ({ orderBy = 'LogStreamName', logStreamNamePrefix }: Request): void => {
  checkNames({ logStreamName: logStreamNamePrefix })
  if (orderBy !== 'LogStreamName' && orderBy !== 'LastEventTime')
    throw invalidParameter('The specified orderBy is not valid.')
  if (orderBy === 'LastEventTime' && logStreamNamePrefix !== undefined)
    throw invalidParameter('Cannot order by LastEventTime with a logStreamNamePrefix.')
}

/** Digits of a time in milliseconds, for a very long time to come. */
const TIME_DIGITS = 16

/** All streams, sorted for the page. */
const sorted = (
  context: LogsContext,
  group: LogGroupRecord,
  request: Request,
  describe: (stream: LogStreamRecord) => LogStream,
): DescribeLogStreamsResponse => {
  const { orderBy, descending = false, logStreamNamePrefix = '' } = request
  const recent = context.logs.recentTimes(group.groupId)
  const lastEventAt = (stream: LogStreamRecord): string =>
    String(allTimes(stream, recent.get(stream.streamId))?.lastEventAt ?? 0).padStart(TIME_DIGITS, '0')
  const { items, token } = sortedPage(context, {
    scope: JSON.stringify(['DescribeLogStreams', group.groupId, orderBy, descending, logStreamNamePrefix]),
    items: context.tx.logStreams
      .find('byGroup', group.groupId)
      .filter(({ name }) => name.startsWith(logStreamNamePrefix)),
    keyOf: (stream) => (orderBy === 'LastEventTime' ? lastEventAt(stream) + stream.name : stream.name),
    descending,
    size: pageSize(request),
    token: request.nextToken,
    invalidToken,
  })
  return { logStreams: items.map(describe), ...(token !== undefined && { nextToken: token }) }
}

export const describeLogStreams: LogsOperation<Request, DescribeLogStreamsResponse> = {
  access: ({ logGroupName, logGroupIdentifier }, context) => onNamed({ logGroupName, logGroupIdentifier }, context),
  handle: (request, context) => {
    check(request)
    const group = requireGroup(context, request)
    const { groupId } = group
    const recent = context.logs.recentTimes(groupId)
    const describe = (stream: LogStreamRecord) => describeStream(group, stream, recent.get(stream.streamId))
    const { orderBy, descending = false, logStreamNamePrefix = '' } = request
    if (orderBy === 'LastEventTime' || descending) return sorted(context, group, request, describe)
    const { items, ...rest } = page(context, request, {
      scope: ['DescribeLogStreams', groupId, logStreamNamePrefix],
      prefix: logStreamKey(groupId, logStreamNamePrefix),
      rowsAfter: (position) => context.tx.logStreams.iterateAfter('byGroup', groupId, position),
      keyOf: ({ name }) => logStreamKey(groupId, name),
      itemOf: describe,
    })
    return { logStreams: items, ...rest }
  },
}
