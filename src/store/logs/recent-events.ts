/** The batches that the journal has and segments have not, by group. */
import { type LogRun, timesOf } from './log-run.ts'
import { type LogStreamTimes, mergedTimes } from './log-store.ts'
import { storedBytesOf } from './segment-writer.ts'

export class RecentEvents {
  readonly #groups = new Map<string, LogRun[]>()
  /** Names of batches, behind their streams, by group. */
  readonly #batches = new Map<string, Set<string>>()

  add(groupId: string, run: LogRun): void {
    const runs = this.#groups.get(groupId)
    if (runs === undefined) this.#groups.set(groupId, [run])
    else runs.push(run)
    this.#name(groupId, run)
  }

  /** Takes in what came after it. */
  absorb(later: RecentEvents): void {
    for (const groupId of later.groups()) {
      this.#groups.set(groupId, [...this.of(groupId), ...later.of(groupId)])
      for (const run of later.of(groupId)) this.#name(groupId, run)
    }
  }

  groups(): readonly string[] {
    return [...this.#groups.keys()]
  }

  of(groupId: string): readonly LogRun[] {
    return this.#groups.get(groupId) ?? []
  }

  /** Forgets a group. */
  remove(groupId: string): void {
    this.#groups.delete(groupId)
    this.#batches.delete(groupId)
  }

  removeStreams(groupId: string, streamIds: ReadonlySet<string>): void {
    const left = this.of(groupId).filter(({ streamId }) => !streamIds.has(streamId))
    if (left.length > 0) this.#groups.set(groupId, left)
    else this.remove(groupId)
  }

  hasBatch(groupId: string, streamId: string, batchId: string): boolean {
    return this.#batches.get(groupId)?.has(batchName(streamId, batchId)) ?? false
  }

  #name(groupId: string, { streamId, batchId }: LogRun): void {
    if (batchId === undefined) return
    const names = this.#batches.get(groupId)
    if (names === undefined) this.#batches.set(groupId, new Set([batchName(streamId, batchId)]))
    else names.add(batchName(streamId, batchId))
  }

  /** The largest; 0 if there is none. */
  lastSequence(groupId: string): number {
    return this.of(groupId).reduce((last, { sequences }) => Math.max(last, sequences.at(-1) ?? 0), 0)
  }

  storedBytes(groupId: string): number {
    return this.of(groupId).reduce((sum, run) => sum + storedBytesOf(run), 0)
  }
}

const batchName = (streamId: string, batchId: string): string => `${streamId}/${batchId}`

/** What the runs say of their streams. */
export const streamTimes = (runs: readonly LogRun[]): ReadonlyMap<string, LogStreamTimes> => {
  const times = new Map<string, LogStreamTimes>()
  for (const run of runs) times.set(run.streamId, mergedTimes(times.get(run.streamId), timesOf(run)))
  return times
}
