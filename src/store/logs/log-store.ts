/**
 * Where the events of log streams lie: appended in batches, durable when the promise resolves, read by time in both directions. Groups and
 * streams are known by ids that are never used twice, so that what was deleted cannot come back under its old name.
 */

import { LOG_BATCH_IDS } from '../../model/log-limits.ts'
import type { LogListener } from './log-feed.ts'
import type { TextGroups } from './text-search.ts'

export interface NewLogEvent {
  /** Milliseconds since the epoch. */
  readonly timestamp: number
  readonly message: string
}

export interface NewLogBatch {
  readonly groupId: string
  readonly streamId: string
  /** In the order of their timestamps; at least one. */
  readonly events: readonly NewLogEvent[]
  readonly ingestedAt: number
  /** Its sender's name for it. Of those of a stream that have the same, the first is kept. Short. */
  readonly batchId?: string
}

/** Orders the events of a group: by timestamp, and those of one timestamp as they came. No two events have the same. */
export interface LogPosition {
  readonly timestamp: number
  readonly sequence: number
}

export interface LogEvent extends LogPosition {
  readonly streamId: string
  readonly ingestedAt: number
  readonly message: string
}

export interface LogQuery {
  readonly groupId: string
  /** All streams of the group if absent. */
  readonly streamIds?: ReadonlySet<string>
  /** Events of this time and later. */
  readonly from?: number
  /** Events before this time. */
  readonly to?: number
  /** Only events beyond this one, in the direction of the query. */
  readonly beyond?: LogPosition
  readonly direction: 'forward' | 'backward'
  /** Only events whose message contains one at least of each group; far cheaper than looking at each message. */
  readonly containing?: TextGroups
  /** Only events whose sequences are larger than the first, and not larger than the second: those appended in a while. */
  readonly sequences?: { readonly after: number; readonly upTo: number }
}

/** A part of what a query gives. */
export interface LogSearchStep {
  /** Some hundreds at the most; none while nothing is found. */
  readonly events: readonly LogEvent[]
  /** Bytes of messages that were looked through. */
  readonly bytes: number
  /** Events, of the query's time and streams, that were looked through. */
  readonly records: number
  /** For `beyond`, to go on behind this step; absent from the last one. */
  readonly next?: LogPosition
}

/** What is known of a stream's events. */
export interface LogStreamTimes {
  readonly firstEventAt: number
  readonly lastEventAt: number
  readonly lastIngestedAt: number
  /** Names of the batches that came last, as far as they have any. */
  readonly lastBatchIds: readonly string[]
}

export interface LogStore {
  /** Resolves when the batch is durable. Rejects with `LogStoreError` or `LogKeyUnusable` if it could not be kept; then none of it is. */
  append(batch: NewLogBatch): Promise<void>
  /**
   * Events in the query's direction, in lists of some hundreds. What is appended meanwhile may be missing. End the iteration (`return`)
   * to let go of files.
   */
  read(query: LogQuery): AsyncGenerator<readonly LogEvent[], void, void>
  /**
   * Of what was appended to the group last; 0 if there is nothing. Events that cannot be read yet will have larger ones, whatever their
   * timestamps.
   */
  lastSequence(groupId: string): number
  /** Like `read`, and tells how far it has come even while there is nothing to give. */
  search(query: LogQuery): AsyncGenerator<LogSearchStep, void, void>
  /** Of streams with events that `LogStoreOptions.onSealed` has not been told of yet. */
  recentTimes(groupId: string): ReadonlyMap<string, LogStreamTimes>
  /** Bytes of the messages that are kept of a group, and 26 for each event, as AWS counts them. */
  storedBytes(groupId: string): number
  /** Drops whole segments whose events are all older; what else is older is not shown by who asks with `from`. */
  dropBefore(groupId: string, timestamp: number): Promise<void>
  /** Removes all events of a group, of which there will be no more. */
  removeGroup(groupId: string): Promise<void>
  /** Removes all events of streams, of which there will be no more. */
  removeStreams(groupId: string, streamIds: ReadonlySet<string>): Promise<void>
  /** Tells of batches of a group from now on, when they are durable, until the function that it gives is called. */
  listen(groupId: string, listener: LogListener): () => void
  /** Takes no more, and resolves when everything taken is durable. */
  close(): Promise<void>
}

/** Something could not be kept or read: the message is for operators. */
export class LogStoreError extends Error {
  override readonly name = 'LogStoreError'
}

/** Events cannot be kept, or not be read, with the key that they are encrypted with: the message is for clients. */
export class LogKeyUnusable extends Error {
  override readonly name = 'LogKeyUnusable'
}

/** What AWS counts for an event beside its message. */
export const EVENT_OVERHEAD_BYTES = 26

/** Negative if `one` comes first. */
export const comparePositions = (one: LogPosition, other: LogPosition): number =>
  one.timestamp - other.timestamp || one.sequence - other.sequence

/** What is known of a stream by two accounts of it. */
export const mergedTimes = (one: LogStreamTimes | undefined, other: LogStreamTimes): LogStreamTimes =>
  one === undefined
    ? other
    : {
        firstEventAt: Math.min(one.firstEventAt, other.firstEventAt),
        lastEventAt: Math.max(one.lastEventAt, other.lastEventAt),
        lastIngestedAt: Math.max(one.lastIngestedAt, other.lastIngestedAt),
        lastBatchIds: [...one.lastBatchIds, ...other.lastBatchIds].slice(-LOG_BATCH_IDS),
      }
