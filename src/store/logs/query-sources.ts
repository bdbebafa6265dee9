/** What a query has to read: of the blocks of segments and of the runs in memory, those that may have something for it. */
import { settle } from '../../kit/clock.ts'
import type { Block } from './block.ts'
import { type LogRun, positionAt, runSize } from './log-run.ts'
import { comparePositions, type LogPosition, type LogQuery } from './log-store.ts'
import type { Loaded, RunSource } from './merge.ts'
import { rangeOf, sizeWithin } from './run-cursor.ts'
import type { Segment, SegmentReader } from './segment.ts'
import type { BlockEntry } from './segment-index.ts'
import { mayContain } from './text-search.ts'

/** `checkKey` throws if what is encrypted with the key must not be read; in memory it lies as it is. */
export const memorySources = (
  runs: readonly LogRun[],
  query: LogQuery,
  checkKey: (keyId: string) => unknown = () => undefined,
): readonly RunSource[] =>
  runs
    .filter((run) => wants(query, run.streamId, positionAt(run, 0), positionAt(run, runSize(run) - 1)))
    .filter(({ sequences }) => mayHaveSequences(query, sequences[0] ?? 0, sequences.at(-1) ?? 0))
    .map((run) => ({
      bound: positionAt(run, query.direction === 'forward' ? 0 : runSize(run) - 1),
      // What is in memory needs no waiting for, but others wait too.
      load: async () => {
        await settle()
        if (run.keyId !== undefined) checkKey(run.keyId)
        return { runs: [run], bytes: run.text.length }
      },
    }))

/** Whether a segment has events of the times and sequences that the query asks for. */
export const mayHave = ({ summary }: Segment, query: LogQuery): boolean => {
  const { low, high } = rangeOf(query)
  const isInTime = summary.to >= low.timestamp && summary.from <= high.timestamp
  return isInTime && mayHaveSequences(query, summary.firstSequence, summary.lastSequence)
}

const mayHaveSequences = ({ sequences }: LogQuery, first: number, last: number): boolean =>
  sequences === undefined || (last > sequences.after && first <= sequences.upTo)

/** A segment is opened when the query gets to its times, and closed when its last block was read. */
export const segmentSource = ({ summary }: Segment, reader: SegmentReader, query: LogQuery): RunSource => ({
  bound:
    query.direction === 'forward'
      ? { timestamp: summary.from, sequence: 0 }
      : { timestamp: summary.to, sequence: Number.MAX_SAFE_INTEGER },
  load: async () => {
    const index = await reader.index()
    const blocks = index.flatMap((block) => wantedOf(block, query))
    let left = blocks.length
    if (left === 0) await reader.release()
    const load = async (block: WantedBlock): Promise<Loaded> => {
      const loaded = await loadBlock(reader, block.entry, query)
      if (--left === 0) await reader.release()
      return loaded
    }
    return { sources: blocks.map((block) => ({ bound: block.bound, load: () => load(block) })) }
  },
})

interface WantedBlock {
  readonly entry: BlockEntry
  readonly bound: LogPosition
}

const wantedOf = (entry: BlockEntry, query: LogQuery): readonly WantedBlock[] => {
  const wanted = entry.runs.filter(({ streamId, first, last }) => wants(query, streamId, first, last))
  return wanted.length === 0 ? [] : [{ entry, bound: boundOf(wanted, query) }]
}

const boundOf = (
  runs: readonly { readonly first: LogPosition; readonly last: LogPosition }[],
  { direction }: LogQuery,
): LogPosition =>
  direction === 'forward'
    ? runs.map(({ first }) => first).reduce((one, other) => (comparePositions(one, other) <= 0 ? one : other))
    : runs.map(({ last }) => last).reduce((one, other) => (comparePositions(one, other) >= 0 ? one : other))

const loadBlock = async (reader: SegmentReader, entry: BlockEntry, query: LogQuery): Promise<Loaded> => {
  const block = await reader.block(entry)
  const bytes = block.text.length
  if (!mayContain(block.text, query.containing ?? [])) return { bytes, records: sizeOf(block, entry, query) }
  return { runs: block.runs.filter(({ streamId }) => query.streamIds?.has(streamId) ?? true), bytes }
}

/** Events of the query's time and streams. Of runs that are all within its time, no more is read than how many they have. */
const sizeOf = (block: Block, { runs }: BlockEntry, query: LogQuery): number => {
  const range = rangeOf(query)
  const sizes = runs.map(({ streamId, first, last, count }, index) => {
    if (query.streamIds?.has(streamId) === false) return 0
    const isWithin = comparePositions(first, range.low) >= 0 && comparePositions(last, range.high) < 0
    return isWithin ? count : sizeWithin(block.runs[index]!, range)
  })
  return sizes.reduce((sum, size) => sum + size, 0)
}

const wants = (query: LogQuery, streamId: string, first: LogPosition, last: LogPosition): boolean => {
  const { low, high } = rangeOf(query)
  const isInTime = comparePositions(last, low) >= 0 && comparePositions(first, high) < 0
  return isInTime && (query.streamIds?.has(streamId) ?? true)
}
