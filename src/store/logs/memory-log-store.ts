/** A log store that keeps nothing when the process ends: for tests and the simulation. */
import { runOf } from './log-run.ts'
import type { LogEvent, LogQuery, LogStore, LogStreamTimes, NewLogBatch } from './log-store.ts'
import { mergeSources } from './merge.ts'
import { memorySources } from './query-sources.ts'
import { RecentEvents, streamTimes } from './recent-events.ts'

export class MemoryLogStore implements LogStore {
  readonly #events = new RecentEvents()
  #nextSequence = 1

  async append({ groupId, streamId, events, ingestedAt }: NewLogBatch): Promise<void> {
    this.#events.add(groupId, runOf(streamId, events, this.#nextSequence, ingestedAt))
    this.#nextSequence += events.length
  }

  read(query: LogQuery): AsyncGenerator<readonly LogEvent[], void, void> {
    return mergeSources(memorySources(this.#events.of(query.groupId), query), query)
  }

  recentTimes(groupId: string): ReadonlyMap<string, LogStreamTimes> {
    return streamTimes(this.#events.of(groupId))
  }

  storedBytes(groupId: string): number {
    return this.#events.storedBytes(groupId)
  }

  /** There are no segments. */
  async dropBefore(_groupId: string, _timestamp: number): Promise<void> {}

  async removeGroup(groupId: string): Promise<void> {
    this.#events.remove(groupId)
  }

  async removeStreams(groupId: string, streamIds: ReadonlySet<string>): Promise<void> {
    this.#events.removeStreams(groupId, streamIds)
  }

  async close(): Promise<void> {}
}
