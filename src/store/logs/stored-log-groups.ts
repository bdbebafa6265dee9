/** Groups and streams as the tables have them, for the log store. */
import { logStreamKey, type LogStreamRecord } from '../../model/log-records.ts'
import type { Store } from '../store.ts'
import type { LogGroups } from './log-groups.ts'
import { type LogStreamTimes, mergedTimes } from './log-store.ts'

export class StoredLogGroups implements LogGroups {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  has(groupId: string): boolean {
    return this.#store.tables.logGroups.findSize('byId', groupId) > 0
  }

  hasStream(_groupId: string, streamId: string): boolean {
    return this.#store.tables.logStreams.findSize('byId', streamId) > 0
  }

  /** Groups have no keys of their own. */
  key(): undefined {
    return undefined
  }

  async onSealed(_groupId: string, times: ReadonlyMap<string, LogStreamTimes>): Promise<void> {
    await this.#store.transact(({ logStreams }) => {
      for (const [streamId, sealed] of times)
        for (const stream of logStreams.find('byId', streamId))
          logStreams.update(logStreamKey(stream.groupId, stream.name), {
            ...mergedTimes(timesOfStream(stream), sealed),
          })
    })
  }
}

/** As the table has them; undefined for a stream without events in segments. */
export const timesOfStream = (stream: LogStreamRecord): LogStreamTimes | undefined => {
  const { firstEventAt, lastEventAt, lastIngestedAt } = stream
  if (firstEventAt === undefined || lastEventAt === undefined || lastIngestedAt === undefined) return undefined
  return { firstEventAt, lastEventAt, lastIngestedAt }
}
