/** Streams as the log store knows them, which is by their ids, and by their names. */
import { type LogGroupRecord, logStreamKey } from '../../model/log-records.ts'
import type { ReadTables } from '../../store/tables.ts'
import type { LogsContext } from './context.ts'
import { justBefore } from './page.ts'

/** Ids of the streams whose names begin so. */
export const streamsOfPrefix = (
  { tx }: Pick<LogsContext, 'tx'>,
  { groupId }: LogGroupRecord,
  prefix: string,
): ReadonlySet<string> => {
  const streamIds = new Set<string>()
  const keys = logStreamKey(groupId, prefix)
  for (const { name, streamId } of tx.logStreams.iterateAfter('byGroup', groupId, justBefore(keys))) {
    if (!name.startsWith(prefix)) break
    streamIds.add(streamId)
  }
  return streamIds
}

export interface StreamNames {
  /** Undefined if there is no such stream any more. */
  of(streamId: string): string | undefined
}

/** Names of a group's streams, each looked up once. */
export const namedStreams = (tables: ReadTables, groupId: string): StreamNames => {
  const names = new Map<string, string | undefined>()
  return {
    of: (streamId) => {
      if (!names.has(streamId))
        names.set(streamId, tables.logStreams.find('byId', streamId).find((stream) => stream.groupId === groupId)?.name)
      return names.get(streamId)
    },
  }
}
