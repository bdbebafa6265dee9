/**
 * The file of one upload: a blob without its footer. It is appended to in as many goes as the client likes, and picked up where it was after a restart.
 * While nobody appends, nothing of it is held in memory.
 */
import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import type { BufferGarbage } from '../../kit/buffer-garbage.ts'
import { freeBuffer } from '../../kit/free-buffer.ts'
import type { BlobSpace } from '../../model/blob-space.ts'
import { AppendFile } from './append-file.ts'
import { type BlobKeys, footerBytes, type FrameRun, headerLength, newHeader, sealOf } from './blob-header.ts'
import type { BlockPool } from './block-pool.ts'
import { CorruptBlob, FRAME_BYTES, frameBytes, FrameCutter, type FrameSeal, openedFrame } from './frames.ts'
import {
  BLOCK_CONTENT_BYTES,
  DIGEST_ALGORITHM,
  fillBlock,
  LocalSealer,
  newBlock,
  type SealedBlock,
  type Sealer,
} from './sealer.ts'
import type { SealingThread } from './sealing-thread.ts'
import { unknownUpload } from './upload-error.ts'

/** Read at once when an upload is picked up after a restart. */
const READ_BYTES = 1024 * 1024

/** Where uploads have memory from. */
export interface UploadMemory {
  readonly pool: BlockPool
  /** Hears of buffers that are needed for a moment. */
  readonly garbage: BufferGarbage
  /** Seals what is larger than a block. */
  readonly thread: SealingThread
}

export class UploadFile {
  readonly #place: string
  readonly #file: AppendFile
  readonly #seal: FrameSeal
  readonly #headerBytes: number
  readonly #memory: UploadMemory
  readonly #received: Received
  #sealer: Sealer
  /** Resolves when what was given to the sealer is on its way to the file. */
  #sealed: Promise<void> = Promise.resolve()
  /** Settles when what was asked for last is over. */
  #last: Promise<void> = Promise.resolve()
  #working = 0
  #isBroken = false
  #isClosed = false
  /** Resolves at the next frame, or at the end. */
  #progress = Promise.withResolvers<void>()

  private constructor(place: string, file: AppendFile, head: Head, memory: UploadMemory, earlier?: Earlier) {
    this.#place = place
    this.#file = file
    this.#seal = head.seal
    this.#headerBytes = head.headerBytes
    this.#memory = memory
    this.#received = earlier?.received ?? nothingReceived()
    this.#sealer = earlier?.sealer ?? new LocalSealer(head.seal)
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
    return new UploadFile(place, file, { seal, headerBytes: bytes.length }, memory)
  }

  /** An upload of an earlier life of the process, up to the last whole frame; undefined if there is none that can be gone on with. */
  static async pickUp(
    place: string,
    keys: BlobKeys | undefined,
    memory: UploadMemory,
  ): Promise<UploadFile | undefined> {
    const head = await readHead(place, keys)
    if (head === undefined) return undefined
    const received = nothingReceived()
    const hash = createHash(DIGEST_ALGORITHM)
    let end = head.headerBytes
    let isFull = false
    await eachFrame(place, head, (content, bytes) => {
      if (!isFull) beginRun(received, end)
      isFull = content.length === FRAME_BYTES
      hash.update(content)
      take(received, content.length)
      end += bytes
    })
    const sealer = new LocalSealer(head.seal, hash)
    return new UploadFile(place, await AppendFile.goOn(place, memory.pool, end), head, memory, { received, sealer })
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

  /** A piece of `content` is good for as long as the next is not asked for. What comes before it fails is kept. */
  async append(content: AsyncIterable<Buffer>): Promise<void> {
    const blocks: Buffer[] = []
    let block: Buffer | undefined
    let filled = 0
    beginRun(this.#received, this.#file.bytes)
    try {
      for await (const piece of content) {
        for (let taken = 0; taken < piece.length;) {
          block ??= blocks.pop() ?? newBlock(this.#seal)
          const copied = fillBlock(block, filled, this.#seal, piece, taken)
          taken += copied
          filled += copied
          if (filled < BLOCK_CONTENT_BYTES) continue
          filled = 0
          await this.#put(block, BLOCK_CONTENT_BYTES, blocks)
          block = undefined
        }
      }
    } finally {
      if (!this.#isBroken) {
        if (block !== undefined && filled > 0) await this.#put(block, filled, blocks)
        await this.#sealed
        await this.#written(this.#file.flush())
        this.#announce()
        for (const each of blocks) freeBuffer(each)
      }
    }
  }

  /** Of what is there, e.g. `sha256:...`. */
  async digest(algorithm: string): Promise<string> {
    if (algorithm === DIGEST_ALGORITHM) return `${algorithm}:${await this.#written(this.#sealer.digest())}`
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
          this.#memory.garbage.add(2 * contentBytes)
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
    if (!this.#isClosed) this.#sealer.end()
    this.#isClosed = true
    this.#announce()
    await this.#file.close()
  }

  #announce(): void {
    this.#progress.resolve()
    this.#progress = Promise.withResolvers<void>()
  }

  /**
   * A block that is full, or the last of its run: it is sealed and goes to the file while the next one is filled. The one before has gone when it
   * resolves, and is among `blocks`.
   */
  async #put(block: Buffer, contentBytes: number, blocks: Buffer[]): Promise<void> {
    const before = this.#sealed
    const { frames } = this.#received
    const sealer = frames === 0 && contentBytes === BLOCK_CONTENT_BYTES ? this.#toThread() : this.#sealer
    take(this.#received, contentBytes)
    const sealing = (async () => (await sealer).seal(block, frames, contentBytes))()
    this.#sealed = this.#written(this.#appendSealed(sealing, before, blocks))
    // Who awaits it next hears of a failure.
    this.#sealed.catch(() => undefined)
    await this.#written(Promise.all([sealer, before]))
  }

  /** Who begins with a whole block will have more of them. */
  async #toThread(): Promise<Sealer> {
    return (this.#sealer = await this.#memory.thread.sealer(this.#seal))
  }

  async #appendSealed(sealing: Promise<SealedBlock>, before: Promise<void>, blocks: Buffer[]): Promise<void> {
    const { block, bytes } = await sealing
    await before
    await this.#file.append(block.subarray(0, bytes))
    this.#announce()
    blocks.push(block)
  }

  #written<T>(writing: Promise<T>): Promise<T> {
    return writing.catch((error: unknown) => {
      this.#isBroken = true
      throw error
    })
  }
}

/** What of the content there is. */
interface Received {
  readonly runs: FrameRun[]
  contentBytes: number
  frames: number
}

/** What was picked up of an earlier life. */
interface Earlier {
  readonly received: Received
  readonly sealer: Sealer
}

const nothingReceived = (): Received => ({ runs: [], contentBytes: 0, frames: 0 })

/** Appended in one go from here on: frames are full until its end. An empty run before it is none. */
const beginRun = ({ runs, contentBytes, frames }: Received, fileOffset: number): void => {
  if (runs.at(-1)?.contentOffset === contentBytes) runs.pop()
  runs.push({ contentOffset: contentBytes, fileOffset, firstFrame: frames })
}

/** Frames more: all full but the last. */
const take = (received: Received, contentBytes: number): void => {
  received.contentBytes += contentBytes
  received.frames += Math.ceil(contentBytes / FRAME_BYTES)
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
