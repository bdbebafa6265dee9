/**
 * The file of one upload: a blob without its footer. It is appended to in as many goes as the client likes, and picked up where it was after a restart.
 * While nobody appends, nothing of it is held in memory.
 */
import { createHash, type Hash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import type { BufferGarbage } from '../../kit/buffer-garbage.ts'
import type { BlobSpace } from '../../model/blob-space.ts'
import { AppendFile } from './append-file.ts'
import { type BlobKeys, footerBytes, type FrameRun, headerLength, newHeader, sealOf } from './blob-header.ts'
import type { BlockPool } from './block-pool.ts'
import {
  CorruptBlob,
  FRAME_BYTES,
  frameBytes,
  FrameCutter,
  type FrameSeal,
  openedFrame,
  sealedFrame,
} from './frames.ts'
import { unknownUpload } from './upload-error.ts'

const DIGEST_ALGORITHM = 'sha256'
/** Read at once when an upload is picked up after a restart. */
const READ_BYTES = 1024 * 1024

/** Where uploads have memory from. */
export interface UploadMemory {
  readonly pool: BlockPool
  /** Hears of buffers that are needed for a moment. */
  readonly garbage: BufferGarbage
}

export class UploadFile {
  readonly #place: string
  readonly #file: AppendFile
  readonly #seal: FrameSeal
  readonly #headerBytes: number
  readonly #garbage: BufferGarbage
  readonly #received: Received
  /** Settles when what was asked for last is over. */
  #last: Promise<void> = Promise.resolve()
  #working = 0
  #isBroken = false
  #isClosed = false
  /** Resolves at the next frame, or at the end. */
  #progress = Promise.withResolvers<void>()

  private constructor(place: string, file: AppendFile, head: Head, received: Received, garbage: BufferGarbage) {
    this.#place = place
    this.#file = file
    this.#seal = head.seal
    this.#headerBytes = head.headerBytes
    this.#received = received
    this.#garbage = garbage
  }

  static async create(
    place: string,
    keys: BlobKeys | undefined,
    memory: UploadMemory,
    space?: BlobSpace,
  ): Promise<UploadFile> {
    const { bytes, seal } = await newHeader(keys, space)
    const file = await AppendFile.create(place, memory.pool)
    try {
      await file.append(bytes)
      await file.flush()
    } catch (error) {
      await file.close()
      throw error
    }
    return new UploadFile(place, file, { seal, headerBytes: bytes.length }, nothingReceived(), memory.garbage)
  }

  /** An upload of an earlier life of the process, up to the last whole frame; undefined if there is none that can be gone on with. */
  static async pickUp(
    place: string,
    keys: BlobKeys | undefined,
    { pool, garbage }: UploadMemory,
  ): Promise<UploadFile | undefined> {
    const head = await readHead(place, keys)
    if (head === undefined) return undefined
    const received = nothingReceived()
    let end = head.headerBytes
    let isFull = false
    await eachFrame(place, head, (content, bytes) => {
      if (!isFull) beginRun(received, end)
      isFull = content.length === FRAME_BYTES
      take(received, content)
      end += bytes
    })
    return new UploadFile(place, await AppendFile.goOn(place, pool, end), head, received, garbage)
  }

  get contentBytes(): number {
    return this.#received.contentBytes
  }

  get settled(): Promise<void> {
    return this.#last
  }

  get isBusy(): boolean {
    return this.#working > 0
  }

  /** Not all that it was given could be written: it is to be closed, and picked up with what is there. */
  get isBroken(): boolean {
    return this.#isBroken
  }

  /**
   * Does work that nothing else on the upload goes on beside: a client that comes back may be faster than the end of the connection that it lost.
   * Rejects with `UploadError` if the upload has ended by then.
   */
  async alone<T>(work: () => Promise<T>): Promise<T> {
    const before = this.#last
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#last = promise
    this.#working += 1
    try {
      await before
      if (this.#isClosed) throw unknownUpload()
      return await work()
    } finally {
      this.#working -= 1
      resolve()
    }
  }

  /** What comes before `content` fails is kept. */
  async append(content: AsyncIterable<Buffer>): Promise<void> {
    const frame = Buffer.allocUnsafeSlow(FRAME_BYTES)
    let filled = 0
    beginRun(this.#received, this.#file.bytes)
    try {
      for await (const piece of content) {
        this.#garbage.add(piece.length)
        for (let taken = 0; taken < piece.length;) {
          const copied = piece.copy(frame, filled, taken)
          taken += copied
          filled += copied
          if (filled < FRAME_BYTES) continue
          filled = 0
          await this.#put(frame)
        }
      }
    } finally {
      if (!this.#isBroken) {
        if (filled > 0) await this.#put(frame.subarray(0, filled))
        await this.#written(this.#file.flush())
        this.#announce()
      }
    }
  }

  /** Of what is there, e.g. `sha256:...`. */
  async digest(algorithm: string): Promise<string> {
    if (algorithm === DIGEST_ALGORITHM) return `${algorithm}:${this.#received.hash.copy().digest('hex')}`
    const hash = createHash(algorithm)
    await eachFrame(this.#place, { seal: this.#seal, headerBytes: this.#headerBytes }, (content) =>
      hash.update(content),
    )
    return `${algorithm}:${hash.digest('hex')}`
  }

  /** What is appended in one go, from its beginning on and as it comes, until the upload ends. */
  async follow(): Promise<AsyncGenerator<Buffer, void, void>> {
    return this.#following(await open(this.#place, 'r'))
  }

  async *#following(file: FileHandle): AsyncGenerator<Buffer, void, void> {
    let [number, contentOffset, fileOffset] = [0, 0, this.#headerBytes]
    try {
      for (;;) {
        while (number < this.#received.frames) {
          const contentBytes = Math.min(FRAME_BYTES, this.contentBytes - contentOffset)
          const end = fileOffset + frameBytes(this.#seal, contentBytes)
          if (end > this.#file.writtenBytes) break
          const frame = await readUpTo(file, fileOffset, end - fileOffset)
          this.#garbage.add(2 * contentBytes)
          yield openedFrame(this.#seal, number, frame)
          number += 1
          contentOffset += contentBytes
          fileOffset = end
        }
        if (this.#isClosed) return
        await this.#progress.promise
      }
    } finally {
      await file.close()
    }
  }

  /** Writes the end, and resolves when the whole file is durable; closes it in any case. */
  async seal(digest: string): Promise<void> {
    try {
      await this.#file.append(
        footerBytes(this.#seal, { digest, contentBytes: this.contentBytes, runs: this.#received.runs }),
      )
      await this.#file.finish()
    } finally {
      await this.close()
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#announce()
    await this.#file.close()
  }

  #announce(): void {
    this.#progress.resolve()
    this.#progress = Promise.withResolvers<void>()
  }

  /** One frame: full, or the last of its run. */
  #put(content: Buffer): Promise<void> | undefined {
    const parts = sealedFrame(this.#seal, this.#received.frames, content)
    take(this.#received, content)
    if (parts.at(-1) !== content) this.#garbage.add(content.length)
    this.#announce()
    return this.#written(this.#file.appendAll(parts))
  }

  #written(writing: Promise<void> | undefined): Promise<void> | undefined {
    return writing?.catch((error: unknown) => {
      this.#isBroken = true
      throw error
    })
  }
}

/** What of the content there is. */
interface Received {
  readonly hash: Hash
  readonly runs: FrameRun[]
  contentBytes: number
  frames: number
}

const nothingReceived = (): Received => ({ hash: createHash(DIGEST_ALGORITHM), runs: [], contentBytes: 0, frames: 0 })

/** Appended in one go from here on: frames are full until its end. An empty run before it is none. */
const beginRun = ({ runs, contentBytes, frames }: Received, fileOffset: number): void => {
  if (runs.at(-1)?.contentOffset === contentBytes) runs.pop()
  runs.push({ contentOffset: contentBytes, fileOffset, firstFrame: frames })
}

/** One more frame. */
const take = (received: Received, content: Buffer): void => {
  received.hash.update(content)
  received.contentBytes += content.length
  received.frames += 1
}

interface Head {
  readonly seal: FrameSeal
  readonly headerBytes: number
}

/** Undefined if there is no such file, or it has no whole header. */
const readHead = async (place: string, keys: BlobKeys | undefined): Promise<Head | undefined> => {
  const file = await open(place, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (file === undefined) return undefined
  try {
    const first = await readUpTo(file, 0, READ_BYTES)
    const headerBytes = headerLength(first)
    return { seal: await sealOf(first.subarray(0, headerBytes), keys), headerBytes }
  } catch (error) {
    if (error instanceof CorruptBlob) return undefined
    throw error
  } finally {
    await file.close()
  }
}

/** The frames from the first on, until the end, or one that is not whole. */
const eachFrame = async (
  place: string,
  { seal, headerBytes }: Head,
  look: (content: Buffer, frameBytes: number) => void,
): Promise<void> => {
  const file = await open(place, 'r')
  const cutter = new FrameCutter(seal)
  let number = 0
  try {
    for (let offset = headerBytes; ;) {
      const piece = await readUpTo(file, offset, READ_BYTES)
      if (piece.length === 0) return
      offset += piece.length
      for (const frame of cutter.push(piece)) {
        look(openedFrame(seal, number, frame), frame.length)
        number += 1
      }
    }
  } catch (error) {
    if (!(error instanceof CorruptBlob)) throw error
  } finally {
    await file.close()
  }
}

const readUpTo = async (file: FileHandle, offset: number, length: number): Promise<Buffer> => {
  const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(length), 0, length, offset)
  return buffer.subarray(0, bytesRead)
}
