/** Reads a blob, or any range of it, and gives out nothing that is not what was written. */
import { BufferGarbage } from '../../kit/buffer-garbage.ts'
import { freeBuffer } from '../../kit/free-buffer.ts'
import type { BlobSource } from './blob-home.ts'
import {
  type BlobKeys,
  type Footer,
  footerLength,
  type FrameRun,
  headerLength,
  openFooter,
  sealOf,
  TRAILER_BYTES,
} from './blob-header.ts'
import { CorruptBlob, FRAME_BYTES, frameBytes, FrameCutter, type FrameSeal, openedFrame } from './frames.ts'

/** Read at once at the beginning: longer than headers are. */
const FIRST_BYTES = 1024

export class BlobReader {
  readonly #source: BlobSource
  readonly #seal: FrameSeal
  readonly #footer: Footer
  readonly #framesEnd: number
  readonly #garbage: BufferGarbage

  private constructor(source: BlobSource, seal: FrameSeal, footer: Footer, framesEnd: number, garbage: BufferGarbage) {
    this.#garbage = garbage
    this.#source = source
    this.#seal = seal
    this.#footer = footer
    this.#framesEnd = framesEnd
  }

  /** Rejects with `CorruptBlob`, also for another blob than that, and then has closed the source. */
  static async open(
    source: BlobSource,
    digest: string,
    keys: BlobKeys | undefined,
    garbage = new BufferGarbage(),
  ): Promise<BlobReader> {
    try {
      const { size } = source
      if (size < TRAILER_BYTES) throw new CorruptBlob('The file is too short for a blob.')
      const seal = await sealOf(await readHeader(source), keys)
      const length = footerLength(await source.read(size - TRAILER_BYTES, TRAILER_BYTES))
      const framesEnd = size - TRAILER_BYTES - length
      if (framesEnd < 0) throw new CorruptBlob('The footer is longer than the file.')
      const footer = openFooter(seal, await source.read(framesEnd, length))
      if (footer.digest !== digest) throw new CorruptBlob(`The file is of the blob ${footer.digest}.`)
      return new BlobReader(source, seal, footer, framesEnd, garbage)
    } catch (error) {
      await source.close()
      throw error
    }
  }

  /** Of the content. */
  get bytes(): number {
    return this.#footer.contentBytes
  }

  /** The content from one offset to before another. Ending the iteration early is fine. Throws `CorruptBlob` at the first wrong frame. */
  async *read(from = 0, to = this.bytes): AsyncGenerator<Buffer, void, void> {
    for await (const pieces of this.lend(from, to))
      for (const piece of pieces) {
        this.#garbage.add(piece.length)
        yield Buffer.from(piece)
      }
  }

  /** Likewise, several pieces at a time, which are good only until the next are asked for. */
  async *lend(from = 0, to = this.bytes): AsyncGenerator<readonly Buffer[], void, void> {
    if (from >= to) return
    for (const [index, run] of this.#footer.runs.entries()) {
      const end = this.#footer.runs[index + 1]
      const contentEnd = end?.contentOffset ?? this.bytes
      if (contentEnd <= from || run.contentOffset >= to) continue
      const range = { from: Math.max(from, run.contentOffset), to: Math.min(to, contentEnd) }
      yield* this.#readRun(run, end?.fileOffset ?? this.#framesEnd, range)
    }
  }

  async *#readRun(
    run: FrameRun,
    runEnd: number,
    { from, to }: { readonly from: number; readonly to: number },
  ): AsyncGenerator<readonly Buffer[], void, void> {
    const firstFrame = Math.floor((from - run.contentOffset) / FRAME_BYTES)
    const endFrame = Math.ceil((to - run.contentOffset) / FRAME_BYTES)
    const fileOffset = (frame: number): number => run.fileOffset + frame * frameBytes(this.#seal, FRAME_BYTES)
    const cutter = new FrameCutter(this.#seal)
    let frame = firstFrame
    const [start, end] = [fileOffset(firstFrame), Math.min(fileOffset(endFrame), runEnd)]
    for await (const piece of this.#source.stream(start, end, frameBytes(this.#seal, FRAME_BYTES))) {
      const contents: Buffer[] = []
      if (!this.#source.reusesMemory) this.#garbage.add(piece.length)
      for (const bytes of cutter.push(piece)) {
        const content = this.#opened(run.firstFrame + frame, bytes)
        const offset = run.contentOffset + frame * FRAME_BYTES
        contents.push(content.subarray(Math.max(0, from - offset), Math.min(content.length, to - offset)))
        frame += 1
      }
      if (contents.length > 0) yield contents
    }
    if (frame < endFrame || cutter.pendingBytes > 0) throw new CorruptBlob('The blob ends too early.')
  }

  /**
   * In plain text, the content is what was read. What was decrypted goes to where it was read to, if that memory is used again: clients that take
   * their time would turn buffers of their own into old garbage.
   */
  #opened(number: number, frame: Buffer): Buffer {
    const content = openedFrame(this.#seal, number, frame)
    if (content.buffer === frame.buffer) return content
    if (!this.#source.reusesMemory) {
      this.#garbage.add(content.length)
      return content
    }
    const place = frame.subarray(frame.length - content.length)
    content.copy(place)
    freeBuffer(content)
    return place
  }

  close(): Promise<void> {
    return this.#source.close()
  }
}

const readHeader = async (source: BlobSource): Promise<Buffer> => {
  const first = await source.read(0, Math.min(FIRST_BYTES, source.size))
  const length = headerLength(first)
  if (length > source.size) throw new CorruptBlob('The header is longer than the file.')
  return length <= first.length ? first.subarray(0, length) : source.read(0, length)
}
