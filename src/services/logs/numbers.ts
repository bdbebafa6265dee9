/** Widths of the model's numbers that are not 32-bit integers, as the API reference states them (Long). */
import type { NumberKinds } from '../../wire/schema.ts'

export const logsNumbers: NumberKinds = {
  'FilteredLogEvent.ingestionTime': 'long',
  'FilteredLogEvent.timestamp': 'long',
  'FilterLogEventsRequest.endTime': 'long',
  'FilterLogEventsRequest.startTime': 'long',
  'GetLogEventsRequest.endTime': 'long',
  'GetLogEventsRequest.startTime': 'long',
  'InputLogEvent.timestamp': 'long',
  'LogGroup.creationTime': 'long',
  'LogGroup.storedBytes': 'long',
  'LogStream.creationTime': 'long',
  'LogStream.firstEventTimestamp': 'long',
  'LogStream.lastEventTimestamp': 'long',
  'LogStream.lastIngestionTime': 'long',
  'LogStream.storedBytes': 'long',
  'OutputLogEvent.ingestionTime': 'long',
  'OutputLogEvent.timestamp': 'long',
}
