/** Groups and streams as the tables have them, for the log store. */
import type { Sealer } from '../../kit/sealing.ts'
import { type LogDataKey, type LogGroupRecord, logStreamKey, type LogStreamRecord } from '../../model/log-records.ts'
import type { Store } from '../store.ts'
import { LogDataKeys } from './log-data-keys.ts'
import type { LogGroups } from './log-groups.ts'
import { type LogStreamTimes, mergedTimes } from './log-store.ts'

export class StoredLogGroups implements LogGroups {
  readonly #store: Store
  readonly #dataKeys: LogDataKeys

  constructor(store: Store, sealer: Sealer) {
    this.#store = store
    this.#dataKeys = new LogDataKeys(store.tables, sealer)
  }

  has(groupId: string): boolean {
    return this.#store.tables.logGroups.findSize('byId', groupId) > 0
  }

  hasStream(_groupId: string, streamId: string): boolean {
    return this.#store.tables.logStreams.findSize('byId', streamId) > 0
  }

  hasBatch(streamId: string, batchId: string): boolean {
    const [stream] = this.#store.tables.logStreams.find('byId', streamId)
    return stream?.lastBatchIds?.includes(batchId) ?? false
  }

  presentKeyId(groupId: string): string | undefined {
    const { kmsKeyArn, dataKeys = [] } = this.#group(groupId) ?? {}
    return kmsKeyArn && dataKeys.find((key) => key.kmsKeyArn === kmsKeyArn)?.dataKeyId
  }

  key(groupId: string, keyId: string): Uint8Array | undefined {
    const group = this.#group(groupId)
    const key = group && dataKeyOf(group, keyId)
    return key && this.#dataKeys.bytes(group, key)
  }

  keyProblem(groupId: string, keyId: string): string | undefined {
    const group = this.#group(groupId)
    const key = group && dataKeyOf(group, keyId)
    return key === undefined ? 'The log group does not exist.' : this.#dataKeys.problem(key)
  }

  #group(groupId: string): LogGroupRecord | undefined {
    return this.#store.tables.logGroups.find('byId', groupId)[0]
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

const dataKeyOf = ({ dataKeys = [] }: LogGroupRecord, keyId: string): LogDataKey | undefined =>
  dataKeys.find(({ dataKeyId }) => dataKeyId === keyId)

/** As the table has them; undefined for a stream without events in segments. */
export const timesOfStream = (stream: LogStreamRecord): LogStreamTimes | undefined => {
  const { firstEventAt, lastEventAt, lastIngestedAt, lastBatchIds = [] } = stream
  if (firstEventAt === undefined || lastEventAt === undefined || lastIngestedAt === undefined) return undefined
  return { firstEventAt, lastEventAt, lastIngestedAt, lastBatchIds }
}
