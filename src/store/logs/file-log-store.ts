/**
 * The log store on a disk. A batch is durable when the journal has it. When a journal file is full, its batches are moved from memory into
 * compressed segments, one for each group, while the next file fills; then the full one is removed. What is in a journal file and in a
 * segment, because a crash came between, is known by its sequence.
 */
import path from 'node:path'
import type { Log } from '../../kit/log.ts'
import { LOG_CARRIED_BYTES, LOG_JOURNAL_BYTES } from '../../model/log-limits.ts'
import { encodeFrame, type Frame } from './frame.ts'
import { LogFeed, type LogListener } from './log-feed.ts'
import { isLost, keyFor, type LogGroups, usableKey } from './log-groups.ts'
import { LogJournal, recoverJournal, removeJournalFiles } from './log-journal.ts'
import { runOf } from './log-run.ts'
import {
  type LogEvent,
  type LogQuery,
  type LogSearchStep,
  type LogStore,
  LogStoreError,
  type LogStreamTimes,
  type NewLogBatch,
} from './log-store.ts'
import { eventsOf, mergeSources } from './merge.ts'
import { mayHave, memorySources, segmentSource } from './query-sources.ts'
import { OnceEach } from './once-each.ts'
import { RecentEvents, streamTimes } from './recent-events.ts'
import { SegmentCatalog } from './segment-catalog.ts'
import { SegmentDirectory, type SegmentHome } from './segment-home.ts'
import { SegmentSealer } from './segment-sealer.ts'

export interface FileLogStoreOptions {
  readonly directory: string
  readonly groups: LogGroups
  readonly log: Log
  /** Where segments lie, if not in the directory too. */
  readonly home?: SegmentHome
  readonly journalFileBytes?: number
}

/** So many times its size a journal file may grow while the one before it is not sealed; then appending waits. */
const PATIENCE = 4
/** The part of a journal file that may be carried over from the one before. */
const CARRIED_PART = 1 / 4

export class FileLogStore implements LogStore {
  readonly #groups: LogGroups
  readonly #log: Log
  readonly #fileBytes: number
  readonly #catalog: SegmentCatalog
  readonly #sealer: SegmentSealer
  readonly #feed = new LogFeed()
  readonly #onceEach = new OnceEach()
  #journal!: LogJournal
  #nextSequence = 1
  /** What the present journal file has. */
  #recent = new RecentEvents()
  /** What full journal files have that are to be sealed, and their paths. */
  readonly #full = new RecentEvents()
  readonly #fullFiles: string[] = []
  #sealing: Promise<void> | undefined
  #isClosed = false

  private constructor({ directory, groups, log, home, journalFileBytes }: FileLogStoreOptions) {
    this.#groups = groups
    this.#log = log
    this.#fileBytes = journalFileBytes ?? LOG_JOURNAL_BYTES
    this.#catalog = new SegmentCatalog(home ?? new SegmentDirectory(path.join(directory, 'groups')))
    this.#sealer = new SegmentSealer(this.#catalog, groups)
  }

  /** Throws `LogStoreError` if what is there is damaged. One process at a time may have the directory. */
  static async open(options: FileLogStoreOptions): Promise<FileLogStore> {
    const store = new FileLogStore(options)
    await store.#recover(path.join(options.directory, 'journal'))
    return store
  }

  append(batch: NewLogBatch): Promise<void> {
    const { groupId, streamId } = batch
    const isKept = (batchId: string): boolean =>
      [this.#recent, this.#full].some((events) => events.hasBatch(groupId, streamId, batchId)) ||
      this.#groups.hasBatch(streamId, batchId)
    return this.#onceEach.append(batch, isKept, () => this.#append(batch))
  }

  async #append(batch: NewLogBatch): Promise<void> {
    while (this.#sealing !== undefined && this.#journal.bytes > this.#fileBytes * PATIENCE) await this.#sealing
    if (this.#isClosed) throw new LogStoreError('The log store is closed.')
    const { groupId, streamId, events, ingestedAt, batchId } = batch
    const keyId = this.#groups.presentKeyId(groupId)
    const key = keyId === undefined ? undefined : usableKey(this.#groups, groupId, keyId)
    const run = runOf(streamId, events, this.#takeSequences(events.length), ingestedAt, keyId, batchId)
    const frame = encodeFrame(groupId, run, key)
    await this.#journal.append(frame, () => this.#recent.add(groupId, run))
    this.#feed.publish(batch)
  }

  read(query: LogQuery): AsyncGenerator<readonly LogEvent[], void, void> {
    return eventsOf(this.search(query))
  }

  async *search(query: LogQuery): AsyncGenerator<LogSearchStep, void, void> {
    const { groupId } = query
    const keyOf = (keyId: string): Uint8Array => usableKey(this.#groups, groupId, keyId)
    const memory = memorySources([...this.#full.of(groupId), ...this.#recent.of(groupId)], query, keyOf)
    const segments = this.#catalog.of(groupId).filter((segment) => mayHave(segment, query))
    const readers = segments.map((segment) => ({ segment, reader: segment.acquire(keyOf) }))
    try {
      const stored = readers.map(({ segment, reader }) => segmentSource(segment, reader, query))
      yield* mergeSources([...memory, ...stored], query)
    } finally {
      for (const { reader } of readers) await reader.release()
    }
  }

  lastSequence(groupId: string): number {
    const inMemory = [this.#full, this.#recent].map((events) => events.lastSequence(groupId))
    return Math.max(0, this.#catalog.sealedUpTo(groupId), ...inMemory)
  }

  recentTimes(groupId: string): ReadonlyMap<string, LogStreamTimes> {
    return streamTimes([...this.#full.of(groupId), ...this.#recent.of(groupId)])
  }

  storedBytes(groupId: string): number {
    return [this.#catalog, this.#full, this.#recent].reduce((sum, part) => sum + part.storedBytes(groupId), 0)
  }

  dropBefore(groupId: string, timestamp: number): Promise<void> {
    return this.#sealer.dropBefore(groupId, timestamp)
  }

  async removeGroup(groupId: string): Promise<void> {
    for (const events of [this.#recent, this.#full]) events.remove(groupId)
    await this.#sealer.removeGroup(groupId)
  }

  async removeStreams(groupId: string, streamIds: ReadonlySet<string>): Promise<void> {
    for (const events of [this.#recent, this.#full]) events.removeStreams(groupId, streamIds)
    await this.#sealer.removeStreams(groupId, streamIds)
  }

  listen(groupId: string, listener: LogListener): () => void {
    return this.#feed.listen(groupId, listener)
  }

  /** Resolves when full journal files are in segments; for tests and measurements. */
  async sealed(): Promise<void> {
    await this.#journal.idle()
    while (this.#sealing !== undefined) await this.#sealing
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.sealed()
    await this.#journal.close()
  }

  async #recover(directory: string): Promise<void> {
    await this.#catalog.load((groupId) => this.#groups.has(groupId))
    const reader = new FrameReader(this.#groups, this.#catalog)
    const { files, lastSequence, cutBytes } = await recoverJournal(directory, (frame) => reader.read(frame, this.#full))
    // After a crash nobody was told that they are kept; after anything else, a disk has lost what was.
    if (cutBytes > 0)
      this.#log.warn('the end of the log journal was not whole and is left out', { directory, cutBytes })
    this.#nextSequence = Math.max(lastSequence, reader.lastSequence, this.#catalog.lastSequence) + 1
    this.#journal = await LogJournal.open({
      directory,
      fileBytes: this.#fileBytes,
      nextSequence: () => this.#takeSequences(1),
      onFull: () => this.#onFull(),
    })
    if (files.length > 0) this.#beginSealing(files)
  }

  #takeSequences(count: number): number {
    this.#nextSequence += count
    return this.#nextSequence - count
  }

  async #onFull(): Promise<void> {
    if (this.#sealing !== undefined || this.#isClosed) return
    try {
      const file = await this.#journal.turnOver()
      this.#full.absorb(this.#recent)
      this.#recent = new RecentEvents()
      this.#beginSealing([file])
    } catch (error) {
      this.#log.error('no other file of the log journal can be begun', { error })
    }
  }

  /** What fails is tried again with the next file; until then it stays in memory and in its journal files. */
  #beginSealing(files: readonly string[]): void {
    this.#fullFiles.push(...files)
    this.#sealing = this.#seal()
      .catch((error: unknown) => this.#log.error('files of the log journal cannot be removed', { error }))
      .finally(() => {
        this.#sealing = undefined
      })
  }

  async #seal(): Promise<void> {
    let carried = 0
    let isDone = true
    for (const groupId of this.#full.groups()) {
      const bytes = this.#full.storedBytes(groupId)
      const isCarried = bytes < LOG_CARRIED_BYTES && carried + bytes < this.#fileBytes * CARRIED_PART
      if (isCarried) carried += bytes
      try {
        if (!this.#groups.has(groupId)) this.#full.remove(groupId)
        else if (isCarried) await this.#carryOver(groupId)
        else await this.#sealGroup(groupId)
      } catch (error) {
        isDone = false
        this.#log.error('log events cannot be moved out of the journal', { groupId, error })
      }
    }
    if (isDone) await removeJournalFiles(this.#fullFiles.splice(0))
  }

  async #sealGroup(groupId: string): Promise<void> {
    const runs = this.#full.of(groupId)
    await this.#groups.onSealed(groupId, streamTimes(runs))
    await this.#sealer.seal(groupId, runs, () => this.#full.remove(groupId))
  }

  /** Few events stay in the journal: segments of their own would be many and small. */
  async #carryOver(groupId: string): Promise<void> {
    const kept = () => this.#full.of(groupId).filter(({ keyId }) => !isLost(this.#groups, groupId, keyId))
    const frames = kept().map((run) => encodeFrame(groupId, run, keyFor(this.#groups, groupId, run.keyId)))
    const move = (): void => {
      for (const run of kept()) this.#recent.add(groupId, run)
      this.#full.remove(groupId)
    }
    if (frames.length === 0) return move()
    // They are written together, and become durable together.
    await Promise.all(frames.map((frame) => this.#journal.append(frame, move)))
  }
}

/** Takes from the journal, after a start, what is not in segments and not removed. */
class FrameReader {
  lastSequence = 0
  readonly #groups: LogGroups
  readonly #catalog: SegmentCatalog
  readonly #sealedUpTo = new Map<string, number>()
  readonly #seen = new Set<number>()

  constructor(groups: LogGroups, catalog: SegmentCatalog) {
    this.#groups = groups
    this.#catalog = catalog
  }

  read(frame: Frame, events: RecentEvents): void {
    const { groupId, keyId } = frame
    if (!this.#groups.has(groupId)) return
    if (isLost(this.#groups, groupId, keyId)) return
    const run = frame.run(keyFor(this.#groups, groupId, keyId))
    const first = run.sequences[0] ?? 0
    this.lastSequence = Math.max(this.lastSequence, run.sequences.at(-1) ?? 0)
    const isKept = first > this.#sealed(groupId) && !this.#seen.has(first)
    if (!isKept || !this.#groups.hasStream(groupId, run.streamId)) return
    this.#seen.add(first)
    events.add(groupId, run)
  }

  #sealed(groupId: string): number {
    const known = this.#sealedUpTo.get(groupId) ?? this.#catalog.sealedUpTo(groupId)
    this.#sealedUpTo.set(groupId, known)
    return known
  }
}
