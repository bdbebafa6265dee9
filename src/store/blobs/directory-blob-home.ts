/**
 * Blobs as files of a directory. A blob that is read for the first time is read past the page cache: most layers are pulled by
 * few, and filling the cache takes longer than reading. What is read again is worth a place in it.
 */
import { constants } from 'node:fs'
import { type FileHandle, mkdir, open, opendir, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import type { BlobHome, BlobSource, StoredBlob } from './blob-home.ts'
import { nameAtPlace, placeOfName } from './blob-name.ts'
import { ALIGNMENT_BYTES, BLOCK_BYTES, BlockPool } from './block-pool.ts'
import { CorruptBlob } from './frames.ts'

/** While more blobs than that are being read, less of each is in memory. */
const AMPLY_READ_BLOBS = 8
/** Pieces of a blob that are being read while one is looked at: a disk is the faster the more it is asked for. */
const PIECES_AHEAD = 3
/** Blobs that are remembered to have been read. */
const REMEMBERED_BLOBS = 10_000

/** Read at once: what fits into a block however it lies on the disk. */
const PIECE_BYTES = BLOCK_BYTES - 2 * ALIGNMENT_BYTES

export class DirectoryBlobHome implements BlobHome {
  readonly #root: string
  readonly #pool: BlockPool
  readonly #reading = { blobs: 0 }
  /** Names, the longest unread first. */
  readonly #read = new Set<string>()

  constructor(root: string, pool = new BlockPool()) {
    this.#root = root
    this.#pool = pool
  }

  async adopt(name: string, file: string): Promise<void> {
    const place = this.#file(name)
    this.#read.delete(name)
    const firstMade = await mkdir(path.dirname(place), { recursive: true, mode: 0o700 })
    await rename(file, place)
    await syncDirectories(path.dirname(place), firstMade === undefined ? path.dirname(place) : path.dirname(firstMade))
  }

  async has(name: string): Promise<boolean> {
    return (await unlessMissing(stat(this.#file(name)))) !== undefined
  }

  async open(name: string): Promise<BlobSource | undefined> {
    const handle = await unlessMissing(open(this.#file(name), 'r'))
    if (handle === undefined) return undefined
    const direct = this.#noteRead(name) ? undefined : await openedDirectly(handle)
    return new FileSource({
      handle,
      direct,
      size: (await handle.stat()).size,
      pool: this.#pool,
      reading: this.#reading,
    })
  }

  /** Whether it was read before. */
  #noteRead(name: string): boolean {
    const wasRead = this.#read.delete(name)
    this.#read.add(name)
    const [oldest] = this.#read
    if (this.#read.size > REMEMBERED_BLOBS && oldest !== undefined) this.#read.delete(oldest)
    return wasRead
  }

  async remove(name: string): Promise<void> {
    await rm(this.#file(name), { force: true })
  }

  async *list(): AsyncGenerator<StoredBlob, void, void> {
    const all = await unlessMissing(opendir(this.#root, { recursive: true }))
    if (all === undefined) return
    for await (const entry of all) {
      if (!entry.isFile()) continue
      const file = path.join(entry.parentPath, entry.name)
      const name = nameAtPlace(path.relative(this.#root, file))
      const found = name === undefined ? undefined : await unlessMissing(stat(file))
      if (name !== undefined && found) yield { name, storedAt: found.mtimeMs, size: found.size }
    }
  }

  #file(name: string): string {
    return path.join(this.#root, placeOfName(name))
  }
}

/** The same file, even if another one has its name by now; undefined where the file system cannot do that. */
const openedDirectly = async ({ fd }: FileHandle): Promise<FileHandle | undefined> => {
  try {
    return await open(`/proc/self/fd/${fd}`, constants.O_RDONLY | constants.O_DIRECT)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EINVAL' || code === 'ENOENT') return undefined
    throw error
  }
}

interface BlockRead {
  readonly block: Buffer
  /** The part of the block that is what was asked for. */
  readonly piece: Promise<Buffer>
}

interface FileSourceOptions {
  readonly handle: FileHandle
  /** Of the same file, opened with `O_DIRECT`. */
  readonly direct: FileHandle | undefined
  readonly size: number
  readonly pool: BlockPool
  /** Of all sources together. */
  readonly reading: { blobs: number }
}

class FileSource implements BlobSource {
  readonly reusesMemory = true
  readonly #options: FileSourceOptions
  readonly size: number

  constructor(options: FileSourceOptions) {
    this.#options = options
    this.size = options.size
  }

  async read(offset: number, length: number): Promise<Buffer> {
    const { buffer, bytesRead } = await this.#options.handle.read(Buffer.allocUnsafeSlow(length), 0, length, offset)
    if (bytesRead < length) throw tooShort()
    return buffer
  }

  /** The next pieces are being read while one is looked at, if not too many do so. */
  async *stream(from: number, to: number, unitBytes: number): AsyncGenerator<Buffer, void, void> {
    const { pool, reading } = this.#options
    const reads: BlockRead[] = []
    let next = from
    const readInto = (block: Buffer): void => {
      const bytes = reading.blobs <= AMPLY_READ_BLOBS ? PIECE_BYTES - (PIECE_BYTES % unitBytes) : unitBytes
      const piece = this.#readInto(block, next, Math.min(bytes, to - next))
      // Who awaits it next hears of a failure.
      piece.catch(() => undefined)
      reads.push({ block, piece })
      next = Math.min(next + bytes, to)
    }
    const readAhead = (): void => {
      while (next < to && reads.length <= PIECES_AHEAD && reading.blobs <= AMPLY_READ_BLOBS) {
        const block = pool.tryTake()
        if (block === undefined) return
        readInto(block)
      }
    }
    reading.blobs += 1
    try {
      if (from < to) readInto(await pool.take())
      for (let read = reads[0]; read !== undefined; read = reads[0]) {
        readAhead()
        yield await read.piece
        reads.shift()
        if (next < to && reads.length === 0) readInto(read.block)
        else pool.release(read.block)
      }
    } finally {
      reading.blobs -= 1
      for (const { block, piece } of reads) {
        // It may still be filled.
        await piece.catch(() => undefined)
        pool.release(block)
      }
    }
  }

  /** Whole blocks of the disk, where it is read directly; a view of what was asked for. */
  async #readInto(block: Buffer, offset: number, length: number): Promise<Buffer> {
    const { handle, direct } = this.#options
    const alignment = direct === undefined ? 1 : ALIGNMENT_BYTES
    const before = offset % alignment
    const wanted = Math.ceil((before + length) / alignment) * alignment
    const { bytesRead } = await (direct ?? handle).read(block, 0, wanted, offset - before)
    if (bytesRead < before + length) throw tooShort()
    return block.subarray(before, before + length)
  }

  async close(): Promise<void> {
    const { handle, direct } = this.#options
    await direct?.close()
    await handle.close()
  }
}

const tooShort = (): CorruptBlob => new CorruptBlob('The file is shorter than it was.')

const unlessMissing = async <T>(result: Promise<T>): Promise<T | undefined> => {
  try {
    return await result
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Makes what happened in the directory last, and in those above it up to `top`. */
const syncDirectories = async (directory: string, top: string): Promise<void> => {
  for (let each = directory; each.length >= top.length; each = path.dirname(each)) {
    const handle = await open(each, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  }
}
