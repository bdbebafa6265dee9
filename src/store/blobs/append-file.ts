/**
 * A file that is only appended to, past the page cache where the file system can do that: what is read next is seldom what was written last, and
 * copying gigabytes into the cache and out of it takes more processor time than everything else a push needs.
 *
 * What is written directly has whole blocks of the disk. The last one is filled up with zeros and written again when more comes; `finish` cuts
 * them off.
 */
import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { ALIGNMENT_BYTES, BLOCK_BYTES, type BlockPool } from './block-pool.ts'

/** What waits in the page cache is told to go to the disk each time there is that much more of it, where it is not written directly. */
const SYNC_BYTES = 32 * 1024 * 1024
/** Blocks of one file that are on their way to the disk at once. */
const BLOCKS_UNDER_WAY = 3

interface OpenFile {
  readonly handle: FileHandle
  readonly isDirect: boolean
}

export class AppendFile {
  readonly #pool: BlockPool
  readonly #file: OpenFile
  /** The block that is filled now, where it goes in the file, and how much of it is filled. */
  #block: Buffer | undefined
  #blockOffset: number
  #filled = 0
  /** Blocks that were written. */
  readonly #spare: Buffer[] = []
  /** What stands in the file from `#blockOffset` on, while no block is taken. */
  #tail: Buffer
  /** The blocks that are on their way, in the order of the file: each settles after those before it. */
  #underWay: Promise<void>[] = []
  #writtenBytes: number
  #unsyncedBytes = 0
  #syncing: Promise<void> = Promise.resolve()
  /** The system tells of it once, and not again at the last sync. */
  #syncFailure: Error | undefined

  private constructor(pool: BlockPool, file: OpenFile, bytes: number, tail: Buffer) {
    this.#pool = pool
    this.#file = file
    this.#blockOffset = bytes - tail.length
    this.#writtenBytes = bytes
    this.#tail = tail
  }

  /** Fails if the file exists. */
  static async create(place: string, pool: BlockPool): Promise<AppendFile> {
    const file = await openFile(place, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY)
    return new AppendFile(pool, file, 0, Buffer.alloc(0))
  }

  /** Goes on after so many bytes of a file; what is behind them is cut off. */
  static async goOn(place: string, pool: BlockPool, bytes: number): Promise<AppendFile> {
    const file = await openFile(place, constants.O_WRONLY)
    await file.handle.truncate(bytes)
    const tail = await readBytes(place, bytes - (bytes % alignmentOf(file)), bytes)
    return new AppendFile(pool, file, bytes, tail)
  }

  /** All that was appended. */
  get bytes(): number {
    return this.#blockOffset + (this.#block === undefined ? this.#tail.length : this.#filled)
  }

  /** What of it stands in the file, though not yet durably. */
  get writtenBytes(): number {
    return this.#writtenBytes
  }

  /** Copies the bytes. If it gives a promise, that is to be awaited before more comes; it rejects if anything could not be written. */
  append(bytes: Buffer): Promise<void> | undefined {
    if (this.#block === undefined) return this.#begin().then(() => this.append(bytes))
    const copied = bytes.copy(this.#block, this.#filled)
    this.#filled += copied
    if (this.#filled < BLOCK_BYTES) return undefined
    return this.#next().then(() => (copied < bytes.length ? this.append(bytes.subarray(copied)) : undefined))
  }

  /** Resolves when all that was appended stands in the file; nothing is held in memory then. */
  async flush(): Promise<void> {
    try {
      await this.#underWay.at(-1)
      if (this.#block === undefined) return
      const [block, filled, alignment] = [this.#block, this.#filled, alignmentOf(this.#file)]
      const whole = filled - (filled % alignment)
      const padded = Math.ceil(filled / alignment) * alignment
      await this.#write(block.fill(0, filled, padded).subarray(0, padded), this.#blockOffset)
      this.#writtenBytes = this.bytes
      this.#tail = Buffer.from(block.subarray(whole, filled))
      this.#blockOffset += whole
    } finally {
      this.#giveBack()
    }
  }

  /** Resolves when everything is durable. The file is to be closed then. */
  async finish(): Promise<void> {
    await this.flush()
    await this.#file.handle.truncate(this.bytes)
    await this.#syncing
    if (this.#syncFailure !== undefined) throw this.#syncFailure
    await this.#file.handle.sync()
  }

  async close(): Promise<void> {
    await this.#underWay.at(-1)?.catch(() => undefined)
    await this.#syncing
    this.#giveBack()
    await this.#file.handle.close()
  }

  async #begin(): Promise<void> {
    this.#block = await this.#pool.take()
    this.#filled = this.#tail.copy(this.#block)
  }

  /** The block is full: it is written while the next ones are filled. */
  async #next(): Promise<void> {
    if (this.#underWay.length === BLOCKS_UNDER_WAY) await this.#underWay.shift()
    const [full, offset, before] = [this.#block, this.#blockOffset, this.#underWay.at(-1)]
    if (full === undefined) return
    const writing = this.#write(full, offset).finally(() => this.#keepOne(full))
    // It may fail before those before it have settled.
    writing.catch(() => undefined)
    const inOrder = both(before, writing).then(() => void (this.#writtenBytes = offset + BLOCK_BYTES))
    // Who awaits it next hears of a failure.
    inOrder.catch(() => undefined)
    this.#underWay.push(inOrder)
    this.#block = undefined
    this.#tail = Buffer.alloc(0)
    this.#blockOffset += BLOCK_BYTES
    this.#filled = 0
    this.#block = await this.#another()
  }

  /** Of its own, or of what nobody waits for: so whoever holds one waits for itself alone. */
  async #another(): Promise<Buffer> {
    const block = this.#spare.pop() ?? this.#pool.tryTake()
    if (block !== undefined) return block
    await this.#underWay.shift()
    return this.#another()
  }

  /** One for itself, so that it never waits for others; the rest is for whoever needs it. */
  #keepOne(block: Buffer): void {
    if (this.#spare.length === 0) this.#spare.push(block)
    else this.#pool.release(block)
  }

  #giveBack(): void {
    if (this.#block !== undefined) this.#spare.push(this.#block)
    for (const block of this.#spare.splice(0)) this.#pool.release(block)
    this.#block = undefined
    this.#filled = 0
  }

  async #write(bytes: Buffer, offset: number): Promise<void> {
    const { handle, isDirect } = this.#file
    const { bytesWritten } = await handle.write(bytes, 0, bytes.length, offset)
    if (bytesWritten < bytes.length) throw new Error('The file system took only a part of what was written.')
    if (!isDirect) this.#syncNowAndThen(bytes.length)
  }

  /** Keeps the disk at work while the rest comes in, so that the end need not wait for all of it. */
  #syncNowAndThen(bytes: number): void {
    this.#unsyncedBytes += bytes
    if (this.#unsyncedBytes < SYNC_BYTES) return
    this.#unsyncedBytes = 0
    this.#syncing = this.#syncing
      .then(() => this.#file.handle.datasync())
      .catch((error: Error) => void (this.#syncFailure ??= error))
  }
}

/** Settles when both have. */
const both = async (one: Promise<void> | undefined, other: Promise<void>): Promise<void> => {
  try {
    await one
  } finally {
    await other
  }
}

const alignmentOf = ({ isDirect }: OpenFile): number => (isDirect ? ALIGNMENT_BYTES : 1)

const MODE = 0o600

/** Directly, if the file system can. */
const openFile = async (place: string, flags: number): Promise<OpenFile> => {
  try {
    return { handle: await open(place, flags | constants.O_DIRECT, MODE), isDirect: true }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EINVAL') throw error
    // A system may have made the file before it refused to open it so.
    return { handle: await open(place, flags & ~constants.O_EXCL, MODE), isDirect: false }
  }
}

const readBytes = async (place: string, from: number, to: number): Promise<Buffer> => {
  const handle = await open(place, 'r')
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(to - from), 0, to - from, from)
    if (bytesRead < to - from) throw new Error('The file is shorter than it was.')
    return buffer
  } finally {
    await handle.close()
  }
}
