/**
 * Moves events from memory into segments, and changes segments: a small one becomes one with what comes next, and what was removed is
 * left out. Only one such change runs at a time.
 */
import { defined } from '../../kit/assert.ts'
import { LOG_SMALL_SEGMENT_BYTES } from '../../model/log-limits.ts'
import type { LogRun } from './log-run.ts'
import { isLost, type LogGroups } from './log-groups.ts'
import { LogStoreError } from './log-store.ts'
import type { KeyOf, Segment } from './segment.ts'
import type { SegmentCatalog } from './segment-catalog.ts'
import type { SegmentSummary } from './segment-name.ts'
import { joinStreams, segmentParts, summaryOf } from './segment-writer.ts'

export class SegmentSealer {
  readonly #catalog: SegmentCatalog
  readonly #groups: LogGroups
  /** Settles when the last change that was asked for is done. */
  #turn: Promise<unknown> = Promise.resolve()

  constructor(catalog: SegmentCatalog, groups: LogGroups) {
    this.#catalog = catalog
    this.#groups = groups
  }

  /** `onPublished` is called at once when the segment is there, so that nobody sees events twice or not at all. */
  seal(groupId: string, runs: readonly LogRun[], onPublished: () => void): Promise<void> {
    return this.#inTurn(async () => {
      const { joined, earlier } = await this.#joinable(groupId)
      const present = [...earlier, ...runs].filter((run) => this.#isWanted(groupId, run))
      const segment = await this.#write(groupId, present, sequencesOf(joined, runs))
      this.#catalog.replace(groupId, joined, segment)
      onPublished()
      for (const each of joined) await each.retire()
    })
  }

  /** The last segment, if it is small. One that is damaged stays as it is: what comes next does not wait for its repair. */
  async #joinable(groupId: string): Promise<{ joined: readonly Segment[]; earlier: readonly LogRun[] }> {
    const joined = this.#catalog
      .of(groupId)
      .slice(-1)
      .filter(({ summary }) => summary.storedBytes < LOG_SMALL_SEGMENT_BYTES)
    try {
      return { joined, earlier: await this.#runsOf(groupId, joined) }
    } catch (error) {
      if (error instanceof LogStoreError) return { joined: [], earlier: [] }
      throw error
    }
  }

  removeStreams(groupId: string, streamIds: ReadonlySet<string>): Promise<void> {
    return this.#inTurn(async () => {
      for (const segment of this.#catalog.of(groupId))
        if (await this.#hasAny(segment, streamIds)) await this.#rewriteWithout(segment, streamIds)
    })
  }

  dropBefore(groupId: string, timestamp: number): Promise<void> {
    return this.#inTurn(async () => {
      const old = this.#catalog.of(groupId).filter(({ summary }) => summary.to < timestamp)
      this.#catalog.replace(groupId, old, undefined)
      for (const segment of old) await segment.retire()
    })
  }

  removeGroup(groupId: string): Promise<void> {
    return this.#inTurn(() => this.#catalog.removeGroup(groupId))
  }

  async #rewriteWithout(segment: Segment, streamIds: ReadonlySet<string>): Promise<void> {
    const { groupId, summary } = segment
    const runs = await this.#runsOf(groupId, [segment])
    const left = runs.filter(({ streamId }) => !this.#isGone(groupId, streamId, streamIds))
    const rewritten = await this.#write(groupId, left, summary)
    this.#catalog.replace(groupId, [segment], rewritten)
    await segment.retire()
  }

  /** Undefined if there is nothing to write. */
  async #write(
    groupId: string,
    runs: readonly LogRun[],
    { firstSequence, lastSequence }: Sequences,
  ): Promise<Segment | undefined> {
    if (runs.length === 0) return undefined
    const streams = joinStreams(runs)
    const summary = { firstSequence, lastSequence, ...summaryOf(streams) }
    return this.#catalog.write(groupId, summary, segmentParts(streams, this.#keyOf(groupId)))
  }

  async #runsOf(groupId: string, segments: readonly Segment[]): Promise<readonly LogRun[]> {
    const runs: LogRun[] = []
    for (const segment of segments) {
      const reader = segment.acquire(this.#keyOf(groupId))
      try {
        for (const entry of await reader.index()) {
          if (isLost(this.#groups, groupId, entry.keyId)) continue
          const block = await reader.block(entry)
          runs.push(...block.runs)
        }
      } finally {
        await reader.release()
      }
    }
    return runs
  }

  async #hasAny(segment: Segment, streamIds: ReadonlySet<string>): Promise<boolean> {
    const reader = segment.acquire()
    try {
      const index = await reader.index()
      return index.some(({ runs }) => runs.some(({ streamId }) => this.#isGone(segment.groupId, streamId, streamIds)))
    } finally {
      await reader.release()
    }
  }

  #isWanted(groupId: string, { streamId, keyId }: LogRun): boolean {
    return this.#groups.hasStream(groupId, streamId) && !isLost(this.#groups, groupId, keyId)
  }

  #keyOf(groupId: string): KeyOf {
    return (keyId) => this.#groups.key(groupId, keyId)
  }

  /** Also true of what was removed before, and is here because a crash came in between. */
  #isGone(groupId: string, streamId: string, streamIds: ReadonlySet<string>): boolean {
    return streamIds.has(streamId) || !this.#groups.hasStream(groupId, streamId)
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(work, work)
    this.#turn = done
    return done
  }
}

type Sequences = Pick<SegmentSummary, 'firstSequence' | 'lastSequence'>

const sequencesOf = (segments: readonly Segment[], runs: readonly LogRun[]): Sequences => {
  const first = runs.reduce((least, { sequences }) => Math.min(least, sequences[0]!), Number.POSITIVE_INFINITY)
  const last = runs.reduce((most, { sequences }) => Math.max(most, defined(sequences.at(-1), 'the last sequence')), 0)
  return { firstSequence: segments[0]?.summary.firstSequence ?? first, lastSequence: last }
}
