/** A log store that keeps nothing when the process ends: for tests and the simulation. */
import { LogFeed, type LogListener } from './log-feed.ts'
import { runOf } from './log-run.ts'
import type { LogEvent, LogQuery, LogSearchStep, LogStore, LogStreamTimes, NewLogBatch } from './log-store.ts'
import { eventsOf, mergeSources } from './merge.ts'
import { OnceEach } from './once-each.ts'
import { memorySources } from './query-sources.ts'
import { RecentEvents, streamTimes } from './recent-events.ts'

export class MemoryLogStore implements LogStore {
  readonly #events = new RecentEvents()
  readonly #feed = new LogFeed()
  readonly #onceEach = new OnceEach()
  #nextSequence = 1

  append(batch: NewLogBatch): Promise<void> {
    const { groupId, streamId } = batch
    const isKept = (batchId: string): boolean => this.#events.hasBatch(groupId, streamId, batchId)
    return this.#onceEach.append(batch, isKept, () => this.#append(batch))
  }

  async #append(batch: NewLogBatch): Promise<void> {
    const { groupId, streamId, events, ingestedAt, batchId } = batch
    this.#events.add(groupId, runOf(streamId, events, this.#nextSequence, ingestedAt, undefined, batchId))
    this.#nextSequence += events.length
    this.#feed.publish(batch)
  }

  read(query: LogQuery): AsyncGenerator<readonly LogEvent[], void, void> {
    return eventsOf(this.search(query))
  }

  search(query: LogQuery): AsyncGenerator<LogSearchStep, void, void> {
    return mergeSources(memorySources(this.#events.of(query.groupId), query), query)
  }

  lastSequence(groupId: string): number {
    return this.#events.lastSequence(groupId)
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

  listen(groupId: string, listener: LogListener): () => void {
    return this.#feed.listen(groupId, listener)
  }

  async close(): Promise<void> {}
}
