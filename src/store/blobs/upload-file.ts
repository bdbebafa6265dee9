/**
 * The file of one upload: a blob without its footer. It is appended to in as many goes as the client likes, and picked up where it was after a restart.
 * Nothing is held in memory but one frame while it is being written.
 */
import { createHash, type Hash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import type { BufferGarbage } from '../../kit/buffer-garbage.ts'
import { type BlobKeys, footerBytes, type FrameRun, headerLength, newHeader, sealOf } from './blob-header.ts'
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
/** What waits to reach the disk is told to go on its way each time there is that much more of it. */
const SYNC_BYTES = 32 * 1024 * 1024
/** Written at once: full frames. */
const WRITE_BYTES = 4 * FRAME_BYTES
/** Read at once when an upload is picked up after a restart. */
const READ_BYTES = 1024 * 1024

export class UploadFile {
  readonly #file: FileHandle
  readonly #seal: FrameSeal
  readonly #garbage: BufferGarbage
  readonly #hash: Hash = createHash(DIGEST_ALGORITHM)
  readonly #runs: FrameRun[] = []
  #contentBytes = 0
  #fileBytes: number
  #frames = 0
  #unsyncedBytes = 0
  #syncing: Promise<void> = Promise.resolve()
  /** The system tells of it once, and not again at the last sync. */
  #syncFailure: Error | undefined
  /** Settles when what was asked for last is over. */
  #last: Promise<void> = Promise.resolve()
  #working = 0
  #isClosed = false
  /** Resolves at the next frame, or at the end. */
  #progress = Promise.withResolvers<void>()

  private constructor(file: FileHandle, seal: FrameSeal, headerBytes: number, garbage: BufferGarbage) {
    this.#file = file
    this.#seal = seal
    this.#fileBytes = headerBytes
    this.#garbage = garbage
  }

  static async create(place: string, keys: BlobKeys | undefined, garbage: BufferGarbage): Promise<UploadFile> {
    const { bytes, seal } = await newHeader(keys)
    const file = await open(place, 'wx+', 0o600)
    await file.write(bytes, 0, bytes.length, 0)
    return new UploadFile(file, seal, bytes.length, garbage)
  }

  /** An upload of an earlier life of the process, up to the last whole frame; undefined if there is none that can be gone on with. */
  static async pickUp(
    place: string,
    keys: BlobKeys | undefined,
    garbage: BufferGarbage,
  ): Promise<UploadFile | undefined> {
    const file = await open(place, 'r+').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw error
    })
    if (file === undefined) return undefined
    try {
      const first = await readUpTo(file, 0, READ_BYTES)
      const headerBytes = headerLength(first)
      const upload = new UploadFile(file, await sealOf(first.subarray(0, headerBytes), keys), headerBytes, garbage)
      await upload.#recover()
      return upload
    } catch (error) {
      await file.close()
      if (error instanceof CorruptBlob) return undefined
      throw error
    }
  }

  get contentBytes(): number {
    return this.#contentBytes
  }

  get settled(): Promise<void> {
    return this.#last
  }

  get isBusy(): boolean {
    return this.#working > 0
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

  async append(content: AsyncIterable<Buffer>): Promise<void> {
    // One is filled while the other is written.
    let [frames, other] = [Buffer.allocUnsafeSlow(WRITE_BYTES), Buffer.allocUnsafeSlow(WRITE_BYTES)]
    let filled = 0
    let writing: Promise<void> = Promise.resolve()
    this.#beginRun()
    try {
      for await (const piece of content) {
        this.#garbage.add(piece.length)
        for (let taken = 0; taken < piece.length;) {
          const copied = piece.copy(frames, filled, taken)
          taken += copied
          filled += copied
          if (filled < WRITE_BYTES) continue
          await writing
          writing = this.#write(frames)
          // Who awaits it next hears of a failure.
          writing.catch(() => undefined)
          ;[frames, other] = [other, frames]
          filled = 0
        }
      }
    } finally {
      await writing
      if (filled > 0) await this.#write(frames.subarray(0, filled))
    }
  }

  /** Of what is there, e.g. `sha256:...`. */
  async digest(algorithm: string): Promise<string> {
    if (algorithm === DIGEST_ALGORITHM) return `${algorithm}:${this.#hash.copy().digest('hex')}`
    const hash = createHash(algorithm)
    await this.#eachFrame((content) => hash.update(content))
    return `${algorithm}:${hash.digest('hex')}`
  }

  /** What is appended in one go, from its beginning on and as it comes, until the upload ends. `place` is where it lies now. */
  async follow(place: string): Promise<AsyncGenerator<Buffer, void, void>> {
    const file = await open(place, 'r')
    return this.#following(file, this.#runs[0]?.fileOffset ?? this.#fileBytes)
  }

  async *#following(file: FileHandle, start: number): AsyncGenerator<Buffer, void, void> {
    let [number, contentOffset, fileOffset] = [0, 0, start]
    try {
      for (;;) {
        while (number < this.#frames) {
          const contentBytes = Math.min(FRAME_BYTES, this.#contentBytes - contentOffset)
          const frame = await readUpTo(file, fileOffset, frameBytes(this.#seal, contentBytes))
          this.#garbage.add(2 * contentBytes)
          yield openedFrame(this.#seal, number, frame)
          number += 1
          contentOffset += contentBytes
          fileOffset += frame.length
        }
        if (this.#isClosed) return
        await this.#progress.promise
      }
    } finally {
      await file.close()
    }
  }

  #announce(): void {
    this.#progress.resolve()
    this.#progress = Promise.withResolvers<void>()
  }

  /** Writes the end, and resolves when the whole file is durable; closes it in any case. */
  async seal(digest: string): Promise<void> {
    try {
      const footer = footerBytes(this.#seal, { digest, contentBytes: this.#contentBytes, runs: this.#runs })
      // A write that failed may have left something behind the end.
      await this.#file.truncate(this.#fileBytes)
      await this.#file.write(footer, 0, footer.length, this.#fileBytes)
      await this.#syncing
      if (this.#syncFailure !== undefined) throw this.#syncFailure
      await this.#file.sync()
    } finally {
      this.#isClosed = true
      this.#announce()
      await this.#file.close()
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#announce()
    await this.#syncing
    await this.#file.close()
  }

  /** Appended in one go from here on: frames are full until its end. An empty run before it is none. */
  #beginRun(): void {
    const run = { contentOffset: this.#contentBytes, fileOffset: this.#fileBytes, firstFrame: this.#frames }
    if (this.#runs.at(-1)?.contentOffset === run.contentOffset) this.#runs.pop()
    this.#runs.push(run)
  }

  /** Writes full frames, and a last one that need not be. */
  async #write(content: Buffer): Promise<void> {
    const frames = contentOfFrames(content)
    const parts = frames.flatMap((each, index) => sealedFrame(this.#seal, this.#frames + index, each))
    const bytes = parts.reduce((sum, { length }) => sum + length, 0)
    const { bytesWritten } = await this.#file.writev(parts, this.#fileBytes)
    if (bytesWritten < bytes) throw new Error('The file system took only a part of a frame.')
    this.#hash.update(content)
    for (const { length } of frames) this.#account(length, frameBytes(this.#seal, length))
    this.#announce()
    this.#syncNowAndThen(bytes)
    this.#garbage.add(bytes)
  }

  #account(contentBytes: number, fileBytes: number): void {
    this.#contentBytes += contentBytes
    this.#fileBytes += fileBytes
    this.#frames += 1
  }

  /** Keeps the disk at work while the rest comes in, so that the end need not wait for all of it. */
  #syncNowAndThen(bytes: number): void {
    this.#unsyncedBytes += bytes
    if (this.#unsyncedBytes < SYNC_BYTES) return
    this.#unsyncedBytes = 0
    this.#syncing = this.#syncing
      .then(() => this.#file.datasync())
      .catch((error: Error) => void (this.#syncFailure ??= error))
  }

  /** Looks at every frame that is there, and goes on after the last one that is whole. */
  async #recover(): Promise<void> {
    let isFull = false
    await this.#eachFrame((content, frameBytes) => {
      if (!isFull) this.#beginRun()
      this.#hash.update(content)
      this.#account(content.length, frameBytes)
      isFull = content.length === FRAME_BYTES
    })
    await this.#file.truncate(this.#fileBytes)
  }

  /** The frames from the first on, until the end, or one that is not whole. */
  async #eachFrame(look: (content: Buffer, frameBytes: number) => void): Promise<void> {
    const cutter = new FrameCutter(this.#seal)
    const firstOffset = this.#runs[0]?.fileOffset ?? this.#fileBytes
    let number = 0
    try {
      for (let offset = firstOffset; ;) {
        const piece = await readUpTo(this.#file, offset, READ_BYTES)
        if (piece.length === 0) return
        offset += piece.length
        for (const frame of cutter.push(piece)) {
          look(openedFrame(this.#seal, number, frame), frame.length)
          number += 1
        }
      }
    } catch (error) {
      if (!(error instanceof CorruptBlob)) throw error
    }
  }
}

const contentOfFrames = (content: Buffer): readonly Buffer[] =>
  Array.from({ length: Math.ceil(content.length / FRAME_BYTES) }, (_, index) =>
    content.subarray(index * FRAME_BYTES, (index + 1) * FRAME_BYTES),
  )

const readUpTo = async (file: FileHandle, offset: number, length: number): Promise<Buffer> => {
  const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(length), 0, length, offset)
  return buffer.subarray(0, bytesRead)
}
