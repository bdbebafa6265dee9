/** Events of one stream in the order of their positions, in columns: what a batch, and a stretch of a block, is in memory. */
import { defined } from '../../kit/assert.ts'
import {
  comparePositions,
  type LogEvent,
  type LogPosition,
  type LogStreamTimes,
  type NewLogEvent,
} from './log-store.ts'

export interface LogRun {
  readonly streamId: string
  readonly timestamps: Float64Array
  readonly sequences: Float64Array
  readonly ingestedAt: Float64Array
  /** Where each message begins in `text`, and at the end where the last one ends; each ends with a line feed. */
  readonly offsets: Uint32Array
  readonly text: Buffer
  /** The key that it is encrypted with wherever it is written; undefined if it is not encrypted. */
  readonly keyId: string | undefined
  /** Of a batch that its sender has named. */
  readonly batchId?: string | undefined
}

export const runSize = ({ timestamps }: LogRun): number => timestamps.length

/** A batch as a run. Its events have consecutive sequences. */
export const runOf = (
  streamId: string,
  events: readonly NewLogEvent[],
  firstSequence: number,
  ingestedAt: number,
  keyId?: string,
  batchId?: string,
): LogRun => {
  const count = events.length
  const timestamps = new Float64Array(count)
  const sequences = new Float64Array(count)
  for (let index = 0; index < count; index++) {
    timestamps[index] = events[index]!.timestamp
    sequences[index] = firstSequence + index
  }
  const ingested = new Float64Array(count).fill(ingestedAt)
  return { streamId, timestamps, sequences, ingestedAt: ingested, ...textOf(events), keyId, batchId }
}

/** Encoded in one piece: a call for each message would take longer than the encoding. */
const textOf = (events: readonly NewLogEvent[]): Pick<LogRun, 'text' | 'offsets'> => {
  const characters = `${events.map(({ message }) => message).join('\n')}\n`
  const text = Buffer.from(characters)
  const isOneByteEach = text.length === characters.length
  const offsets = new Uint32Array(events.length + 1)
  for (let index = 0, at = 0; index < events.length; index++) {
    const { message } = events[index]!
    at += (isOneByteEach ? message.length : Buffer.byteLength(message)) + 1
    offsets[index + 1] = at
  }
  return { text, offsets }
}

export const positionAt = ({ timestamps, sequences }: LogRun, index: number): LogPosition => ({
  timestamp: timestamps[index]!,
  sequence: sequences[index]!,
})

export const eventAt = (run: LogRun, index: number): LogEvent => ({
  streamId: run.streamId,
  timestamp: run.timestamps[index]!,
  sequence: run.sequences[index]!,
  ingestedAt: run.ingestedAt[index]!,
  message: run.text.toString('utf8', run.offsets[index], run.offsets[index + 1]! - 1),
})

/** Index of the first event that does not come before `position`; the size of the run if all do. */
export const indexFrom = (run: LogRun, { timestamp, sequence }: LogPosition): number => {
  const { timestamps, sequences } = run
  let [low, high] = [0, timestamps.length]
  while (low < high) {
    const middle = (low + high) >> 1
    const at = timestamps[middle]!
    if (at < timestamp || (at === timestamp && sequences[middle]! < sequence)) low = middle + 1
    else high = middle
  }
  return low
}

/** Index of the event whose message has the byte at `offset` of the text. */
export const indexAtOffset = ({ offsets }: LogRun, offset: number): number => {
  let [low, high] = [0, offsets.length - 2]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (offsets[middle]! <= offset) low = middle
    else high = middle - 1
  }
  return low
}

/** Some events of a run, which shares their text. */
export const sliceRun = (run: LogRun, from: number, to: number): LogRun => {
  const [begin, end] = [run.offsets[from]!, run.offsets[to]!]
  return {
    streamId: run.streamId,
    timestamps: run.timestamps.subarray(from, to),
    sequences: run.sequences.subarray(from, to),
    ingestedAt: run.ingestedAt.subarray(from, to),
    offsets: run.offsets.subarray(from, to + 1).map((offset) => offset - begin),
    text: run.text.subarray(begin, end),
    keyId: run.keyId,
  }
}

/** Runs of one stream and one key as one, in order, whatever order they are in. At least one. */
export const joinRuns = (runs: readonly LogRun[]): LogRun => {
  if (runs.length === 1) return defined(runs[0], 'the run')
  const inOrder = runs.toSorted((one, other) => comparePositions(positionAt(one, 0), positionAt(other, 0)))
  const joined = concatenated(inOrder)
  const isSorted = inOrder.every((run, index) => {
    const before = inOrder[index - 1]
    return before === undefined || comparePositions(positionAt(before, runSize(before) - 1), positionAt(run, 0)) < 0
  })
  return isSorted ? joined : sorted(joined)
}

const concatenated = (runs: readonly LogRun[]): LogRun => {
  const count = runs.reduce((sum, run) => sum + runSize(run), 0)
  const timestamps = new Float64Array(count)
  const sequences = new Float64Array(count)
  const ingestedAt = new Float64Array(count)
  const offsets = new Uint32Array(count + 1)
  let [at, bytes] = [0, 0]
  for (const run of runs) {
    timestamps.set(run.timestamps, at)
    sequences.set(run.sequences, at)
    ingestedAt.set(run.ingestedAt, at)
    for (let index = 1; index < run.offsets.length; index++) offsets[at + index] = bytes + run.offsets[index]!
    at += runSize(run)
    bytes += run.text.length
  }
  const text = Buffer.concat(runs.map((run) => run.text))
  const { streamId, keyId } = defined(runs[0], 'the run')
  return { streamId, timestamps, sequences, ingestedAt, offsets, text, keyId }
}

const sorted = (run: LogRun): LogRun => {
  const { timestamps, sequences, ingestedAt, offsets, text } = run
  const order = Uint32Array.from(timestamps, (_, index) => index).sort(
    (one, other) => timestamps[one]! - timestamps[other]! || sequences[one]! - sequences[other]!,
  )
  const newOffsets = new Uint32Array(offsets.length)
  const newText = Buffer.allocUnsafe(text.length)
  for (const [to, from] of order.entries()) {
    const end = text.copy(newText, newOffsets[to], offsets[from], offsets[from + 1])
    newOffsets[to + 1] = newOffsets[to]! + end
  }
  const inOrder = (column: Float64Array): Float64Array => Float64Array.from(order, (from) => column[from]!)
  return {
    streamId: run.streamId,
    timestamps: inOrder(timestamps),
    sequences: inOrder(sequences),
    ingestedAt: inOrder(ingestedAt),
    offsets: newOffsets,
    text: newText,
    keyId: run.keyId,
  }
}

export const timesOf = ({ timestamps, ingestedAt, batchId }: LogRun): LogStreamTimes => ({
  firstEventAt: timestamps[0] ?? 0,
  lastEventAt: timestamps.at(-1) ?? 0,
  lastIngestedAt: ingestedAt.reduce((last, at) => Math.max(last, at), 0),
  lastBatchIds: batchId === undefined ? [] : [batchId],
})
