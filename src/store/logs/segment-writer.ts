/** Makes a segment of runs: the runs of one stream stand together, in blocks that are large enough to compress well. */
import { crc32 } from 'node:zlib'
import { defined } from '../../kit/assert.ts'
import { LOG_BLOCK_BYTES } from '../../model/log-limits.ts'
import { outlineOf, packBlock } from './block.ts'
import { indexAtOffset, joinRuns, type LogRun, positionAt, runSize, sliceRun } from './log-run.ts'
import { EVENT_OVERHEAD_BYTES } from './log-store.ts'
import { type BlockEntry, encodeIndex } from './segment-index.ts'
import type { SegmentSummary } from './segment-name.ts'

/** One run for each stream, or several if it has several keys; what has the same key stands together. At least one run. */
export const joinStreams = (runs: readonly LogRun[]): readonly LogRun[] =>
  [...Map.groupBy(runs, ({ keyId }) => keyId).values()].flatMap((ofKey) =>
    [...Map.groupBy(ofKey, ({ streamId }) => streamId).values()].map(joinRuns),
  )

export const storedBytesOf = (run: LogRun): number => run.text.length + runSize(run) * (EVENT_OVERHEAD_BYTES - 1)

/** What the segment's name says of its times and bytes. */
export const summaryOf = (streams: readonly LogRun[]): Pick<SegmentSummary, 'from' | 'to' | 'storedBytes'> => ({
  from: streams.reduce((from, { timestamps }) => Math.min(from, timestamps[0]!), Number.POSITIVE_INFINITY),
  to: streams.reduce((to, { timestamps }) => Math.max(to, timestamps.at(-1)!), 0),
  storedBytes: streams.reduce((sum, run) => sum + storedBytesOf(run), 0),
})

/** The segment's bytes, part by part; `keyOf` finds the keys of runs that have one. */
export async function* segmentParts(
  streams: readonly LogRun[],
  keyOf: (keyId: string) => Uint8Array | undefined,
): AsyncGenerator<Buffer, void, void> {
  const entries: BlockEntry[] = []
  let offset = 0
  for (const runs of inBlocks(streams)) {
    const keyId = runs[0]?.keyId
    const packed = await packBlock(runs, keyId === undefined ? undefined : defined(keyOf(keyId), 'the key'))
    const entry = { offset, length: packed.length, checksum: crc32(packed), runs: runs.map(entryOf) }
    entries.push({ ...entry, ...(keyId !== undefined && { keyId }) })
    offset += packed.length
    yield packed
  }
  yield encodeIndex(entries)
}

const entryOf = (run: LogRun) => ({
  ...outlineOf(run),
  first: positionAt(run, 0),
  last: positionAt(run, runSize(run) - 1),
})

function* inBlocks(streams: readonly LogRun[]): Generator<readonly LogRun[], void, void> {
  let block: LogRun[] = []
  let bytes = 0
  for (const run of streams.flatMap((stream) => [...pieces(stream)])) {
    const isFull = bytes + run.text.length > LOG_BLOCK_BYTES || run.keyId !== block[0]?.keyId
    if (bytes > 0 && isFull) {
      yield block
      block = []
      bytes = 0
    }
    block.push(run)
    bytes += run.text.length
  }
  if (block.length > 0) yield block
}

/** A run in parts that fit into blocks; a message that is larger than that is one by itself. */
function* pieces(run: LogRun): Generator<LogRun, void, void> {
  for (let from = 0; from < runSize(run);) {
    const limit = run.offsets[from]! + LOG_BLOCK_BYTES
    const to = limit >= run.text.length ? runSize(run) : Math.max(from + 1, indexAtOffset(run, limit))
    yield sliceRun(run, from, to)
    from = to
  }
}
