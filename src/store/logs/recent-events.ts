/** The batches that the journal has and segments have not, by group. */
import { type LogRun, timesOf } from './log-run.ts'
import { type LogStreamTimes, mergedTimes } from './log-store.ts'
import { storedBytesOf } from './segment-writer.ts'

export class RecentEvents {
  readonly #groups = new Map<string, LogRun[]>()

  add(groupId: string, run: LogRun): void {
    const runs = this.#groups.get(groupId)
    if (runs === undefined) this.#groups.set(groupId, [run])
    else runs.push(run)
  }

  /** Takes in what came after it. */
  absorb(later: RecentEvents): void {
    for (const groupId of later.groups()) this.#groups.set(groupId, [...this.of(groupId), ...later.of(groupId)])
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
  }

  removeStreams(groupId: string, streamIds: ReadonlySet<string>): void {
    const left = this.of(groupId).filter(({ streamId }) => !streamIds.has(streamId))
    if (left.length > 0) this.#groups.set(groupId, left)
    else this.remove(groupId)
  }

  /** The largest; 0 if there is none. */
  lastSequence(groupId: string): number {
    return this.of(groupId).reduce((last, { sequences }) => Math.max(last, sequences.at(-1) ?? 0), 0)
  }

  storedBytes(groupId: string): number {
    return this.of(groupId).reduce((sum, run) => sum + storedBytesOf(run), 0)
  }
}

/** What the runs say of their streams. */
export const streamTimes = (runs: readonly LogRun[]): ReadonlyMap<string, LogStreamTimes> => {
  const times = new Map<string, LogStreamTimes>()
  for (const run of runs) times.set(run.streamId, mergedTimes(times.get(run.streamId), timesOf(run)))
  return times
}
