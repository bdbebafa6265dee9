/**
 * The metrics of one hour in a file that only grows. It is read by an index of its frames, which is made of their heads when the segment is
 * opened; what is appended is found from the moment that it is durable.
 */
import { type FileHandle, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import {
  CHUNK_SERIES,
  decodeDefinitions,
  decodePoints,
  DEFINITIONS,
  encodeDefinitions,
  encodePoints,
  FRAME_HEAD_BYTES,
  frameHead,
  isWhole,
  type NumberedPoint,
  type SeriesGroup,
} from './metric-frames.ts'
import type { MetricMinute } from './metric-minutes.ts'
import type { MetricPeriod } from './metric-store.ts'
import { SeriesNumbers } from './series-numbers.ts'

interface Frame {
  readonly offset: number
  readonly bytes: number
  readonly minute: number
  readonly chunk: number
}

/** The frames that there were at some moment. */
export type FrameIndex = readonly Frame[]

/** Of one frame. */
export interface ReadPoints {
  readonly minute: number
  readonly points: readonly NumberedPoint[]
}

export class MetricSegment {
  readonly path: string
  #frames: readonly Frame[]
  /** Only of a segment that is written to. */
  #numbers: SeriesNumbers | undefined

  private constructor(path: string, frames: readonly Frame[]) {
    this.path = path
    this.#frames = frames
  }

  static async open(path: string): Promise<MetricSegment> {
    const file = await open(path, 'r')
    try {
      return new MetricSegment(path, await framesOf(file))
    } finally {
      await file.close()
    }
  }

  /** Resolves when the file is there, even after a power cut. */
  static async create(path: string): Promise<MetricSegment> {
    await (await open(path, 'wx', 0o600)).close()
    await syncDirectory(dirname(path))
    return new MetricSegment(path, [])
  }

  get index(): FrameIndex {
    return this.#frames
  }

  /** Where the last whole frame ends. */
  get bytes(): number {
    const last = this.#frames.at(-1)
    return last === undefined ? 0 : last.offset + last.bytes
  }

  /** Resolves, when the minutes are durable, with what makes them visible; until that is called they are in nobody's index. */
  async append(minutes: ReadonlyMap<number, MetricMinute>): Promise<() => void> {
    const numbers = (this.#numbers ??= await this.#readNumbers())
    const frames: Buffer[] = []
    for (const [minute, subjects] of minutes) {
      const defined = numbers.define(subjects)
      if (defined.length > 0) frames.push(await encodeDefinitions(minute, defined))
      for (const points of inChunks(numbered(numbers, subjects))) frames.push(await encodePoints(minute, points))
    }
    try {
      await this.#write(Buffer.concat(frames))
    } catch (error) {
      // The definitions may not be there: their numbers are given anew.
      this.#numbers = undefined
      throw error
    }
    return () => this.#show(frames)
  }

  /** The writer has gone on to another segment. */
  endWriting(): void {
    this.#numbers = undefined
  }

  async definitions(index: FrameIndex): Promise<SeriesGroup[]> {
    const frames = index.filter(({ chunk }) => chunk === DEFINITIONS)
    const groups: SeriesGroup[] = []
    for await (const { content } of this.#contents(frames)) groups.push(...(await decodeDefinitions(content)))
    return groups
  }

  async points(index: FrameIndex, series: ReadonlySet<number>, { from, to }: MetricPeriod): Promise<ReadPoints[]> {
    const chunks = new Set([...series].map((number) => Math.floor(number / CHUNK_SERIES)))
    const frames = index.filter(({ chunk, minute }) => chunks.has(chunk) && minute >= from && minute < to)
    const read: ReadPoints[] = []
    for await (const { frame, content } of this.#contents(frames))
      read.push({ minute: frame.minute, points: await decodePoints(content, frame.chunk, series) })
    return read
  }

  async #readNumbers(): Promise<SeriesNumbers> {
    const numbers = new SeriesNumbers()
    for (const group of await this.definitions(this.#frames)) numbers.add(group)
    // Even if a definition is damaged its numbers are not given again.
    for (const { chunk } of this.#frames) if (chunk !== DEFINITIONS) numbers.leaveOut((chunk + 1) * CHUNK_SERIES)
    return numbers
  }

  /** What a write that failed, or a crash, has left behind the last whole frame is overwritten. */
  async #write(bytes: Buffer): Promise<void> {
    const file = await open(this.path, 'r+')
    try {
      await file.truncate(this.bytes)
      await file.write(bytes, 0, bytes.length, this.bytes)
      await file.datasync()
    } finally {
      await file.close()
    }
  }

  #show(frames: readonly Buffer[]): void {
    let offset = this.bytes
    const shown = frames.map((bytes) => {
      const { minute, chunk } = frameHead(bytes)!
      const frame = { offset, bytes: bytes.length, minute, chunk }
      offset += bytes.length
      return frame
    })
    this.#frames = [...this.#frames, ...shown]
  }

  /** Of the frames that are whole; the disk has damaged others. */
  async *#contents(frames: FrameIndex): AsyncGenerator<{ readonly frame: Frame; readonly content: Buffer }> {
    if (frames.length === 0) return
    const file = await open(this.path, 'r')
    try {
      for (const frame of frames) {
        const bytes = await readAt(file, frame.offset, frame.bytes)
        const head = frameHead(bytes)
        const content = bytes.subarray(FRAME_HEAD_BYTES)
        if (head !== undefined && isWhole(head, content)) yield { frame, content }
      }
    } finally {
      await file.close()
    }
  }
}

const numbered = (numbers: SeriesNumbers, minute: MetricMinute): NumberedPoint[] =>
  [...minute]
    .flatMap(([subject, { metrics }]) =>
      [...metrics].map(([metric, statistics]) => ({ series: numbers.require(subject, metric), statistics })),
    )
    .sort((one, other) => one.series - other.series)

/** In lists of one chunk each. */
const inChunks = (points: readonly NumberedPoint[]): NumberedPoint[][] => {
  const chunks: NumberedPoint[][] = []
  let last = -1
  for (const point of points) {
    const chunk = Math.floor(point.series / CHUNK_SERIES)
    if (chunk !== last) chunks.push([])
    last = chunk
    chunks.at(-1)?.push(point)
  }
  return chunks
}

/** The heads of all frames up to the first that is not all there. */
const framesOf = async (file: FileHandle): Promise<Frame[]> => {
  const { size } = await file.stat()
  const frames: Frame[] = []
  for (let offset = 0; ; offset += frames.at(-1)!.bytes) {
    const head = frameHead(await readAt(file, offset, FRAME_HEAD_BYTES))
    const bytes = FRAME_HEAD_BYTES + (head?.contentBytes ?? 0)
    if (head === undefined || head.contentBytes === 0 || offset + bytes > size) return frames
    frames.push({ offset, bytes, minute: head.minute, chunk: head.chunk })
  }
}

const readAt = async (file: FileHandle, offset: number, length: number): Promise<Buffer> => {
  const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(length), 0, length, offset)
  return buffer.subarray(0, bytesRead)
}

const syncDirectory = async (directory: string): Promise<void> => {
  const handle = await open(directory, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
