/** GetLogRecord: every field of an event that a query has found. */
import type { GetLogRecordRequest, GetLogRecordResponse } from '@aws-sdk/client-cloudwatch-logs'
import { discoveredFields } from '../../../model/insights/row.ts'
import { shown } from '../../../model/insights/value.ts'
import type { LogGroupRecord } from '../../../model/log-records.ts'
import type { LogEvent } from '../../../store/logs/log-store.ts'
import { continued, type Demand } from '../../operations.ts'
import { mayUnmask, onNamed } from '../access.ts'
import type { LogsCall, LogsContext, LogsDeps, LogsOperation } from '../context.ts'
import { invalidParameter, notFound, orUnavailable } from '../faults.ts'
import { InsightsEvents } from '../insights-events.ts'
import { openPointer, type RecordPointer } from '../record-pointers.ts'

interface Found {
  readonly group: LogGroupRecord
  readonly pointer: RecordPointer
}

const recordNotFound = () => notFound('The specified log record does not exist.')

/** AWS: times are milliseconds here. */
const fieldsOf = ({ group, pointer }: Found, { pageTokens, tables, now }: LogsCall, event: LogEvent) => {
  if (event.sequence !== pointer.sequence) throw recordNotFound()
  const [known] = new InsightsEvents(tables, pageTokens, group).of([event], now)
  if (known === undefined) throw recordNotFound()
  const discovered = [...discoveredFields(known.message)].flatMap(([name, value]): [string, string][] => {
    const text = shown(value)
    return text === undefined ? [] : [[name, text]]
  })
  return {
    ...Object.fromEntries(discovered),
    '@ptr': known.ptr,
    '@timestamp': String(known.timestamp),
    '@ingestionTime': String(known.ingestionTime),
    '@log': known.log,
    '@logStream': known.logStream,
    '@message': known.message,
  }
}

/** On the group of the event, so that nobody reads by a pointer what they could not find. */
const access = ({ logRecordPointer = '', unmask }: GetLogRecordRequest, context: LogsContext): readonly Demand[] => {
  const { groupId = '' } = openPointer(context.pageTokens, context, logRecordPointer) ?? {}
  return context.tx.logGroups
    .find('byId', groupId)
    .flatMap(({ name: logGroupName }) => [
      ...onNamed({ logGroupName }, context),
      ...mayUnmask({ logGroupName, unmask }, context),
    ])
}

export const getLogRecord: LogsOperation<GetLogRecordRequest, GetLogRecordResponse> = continued<
  LogsDeps,
  GetLogRecordRequest,
  GetLogRecordResponse,
  Found
>({
  access,
  handle: ({ logRecordPointer = '' }, context) => {
    const pointer = openPointer(context.pageTokens, context, logRecordPointer)
    if (pointer === undefined) throw invalidParameter('The specified logRecordPointer is invalid.')
    const [group] = context.tx.logGroups.find('byId', pointer.groupId)
    if (group === undefined) throw recordNotFound()
    return { group, pointer }
  },
  finish: (found, call) =>
    orUnavailable(async () => {
      const { groupId, timestamp, sequence } = found.pointer
      const beyond = { timestamp, sequence: sequence - 1 }
      const query = { groupId, from: timestamp, to: timestamp + 1, beyond, direction: 'forward' } as const
      for await (const [event] of call.logs.read(query))
        if (event !== undefined) return { logRecord: fieldsOf(found, call, event) }
      throw recordNotFound()
    }),
})
