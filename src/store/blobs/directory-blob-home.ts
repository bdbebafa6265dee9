/** Blobs as files of a directory: `sha256/ab/abcdef...`. */
import { type FileHandle, mkdir, open, opendir, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import type { BlobHome, BlobSource, StoredBlob } from './blob-home.ts'
import { BLOCK_BYTES, BlockPool } from './block-pool.ts'
import { CorruptBlob } from './frames.ts'

/** While more blobs than that are being read, nothing is read ahead, which would fill the memory. */
const AMPLY_READ_BLOBS = 8

export class DirectoryBlobHome implements BlobHome {
  readonly #root: string
  readonly #pool: BlockPool
  readonly #reading = { blobs: 0 }

  constructor(root: string, pool = new BlockPool()) {
    this.#root = root
    this.#pool = pool
  }

  async adopt(digest: string, file: string): Promise<void> {
    const place = this.#file(digest)
    const firstMade = await mkdir(path.dirname(place), { recursive: true, mode: 0o700 })
    await rename(file, place)
    await syncDirectories(path.dirname(place), firstMade === undefined ? path.dirname(place) : path.dirname(firstMade))
  }

  async has(digest: string): Promise<boolean> {
    return (await unlessMissing(stat(this.#file(digest)))) !== undefined
  }

  async open(digest: string): Promise<BlobSource | undefined> {
    const handle = await unlessMissing(open(this.#file(digest), 'r'))
    if (handle === undefined) return undefined
    return new FileSource(handle, (await handle.stat()).size, this.#pool, this.#reading)
  }

  async remove(digest: string): Promise<void> {
    await rm(this.#file(digest), { force: true })
  }

  async *list(): AsyncGenerator<StoredBlob, void, void> {
    const all = await unlessMissing(opendir(this.#root, { recursive: true }))
    if (all === undefined) return
    for await (const entry of all) {
      if (!entry.isFile()) continue
      const found = await unlessMissing(stat(path.join(entry.parentPath, entry.name)))
      const algorithm = path.basename(path.dirname(entry.parentPath))
      if (found) yield { digest: `${algorithm}:${entry.name}`, storedAt: found.mtimeMs, size: found.size }
    }
  }

  /** `digest` is one that was checked: what it is made of cannot lead anywhere else. */
  #file(digest: string): string {
    const [algorithm = '', hex = ''] = digest.split(':')
    return path.join(this.#root, algorithm, hex.slice(0, 2), hex)
  }
}

class FileSource implements BlobSource {
  readonly #handle: FileHandle
  readonly size: number
  readonly #pool: BlockPool
  /** Of all sources together. */
  readonly #reading: { blobs: number }

  constructor(handle: FileHandle, size: number, pool: BlockPool, reading: { blobs: number }) {
    this.#handle = handle
    this.size = size
    this.#pool = pool
    this.#reading = reading
  }

  read(offset: number, length: number): Promise<Buffer> {
    return this.#readInto(Buffer.allocUnsafeSlow(length), offset)
  }

  /** The next piece is being read while one is looked at, if not too many do so. */
  async *stream(from: number, to: number, unitBytes: number): AsyncGenerator<Buffer, void, void> {
    const pieceBytes = BLOCK_BYTES - (BLOCK_BYTES % unitBytes)
    const fill = (block: Buffer, offset: number): Promise<Buffer> =>
      this.#readInto(block.subarray(0, Math.min(pieceBytes, to - offset)), offset)
    this.#reading.blobs += 1
    let block = await this.#pool.take()
    let other: Buffer | undefined
    let ahead: Promise<Buffer> | undefined
    try {
      for (let offset = from; offset < to;) {
        const piece = await (ahead ?? fill(block, offset))
        offset += piece.length
        other ??= offset < to && this.#reading.blobs <= AMPLY_READ_BLOBS ? this.#pool.tryTake() : undefined
        ahead = offset < to && other !== undefined ? fill(other, offset) : undefined
        yield piece
        if (ahead !== undefined && other !== undefined) [block, other] = [other, block]
      }
    } finally {
      this.#reading.blobs -= 1
      // It may still be filled.
      await ahead?.catch(() => undefined)
      this.#pool.release(block)
      if (other !== undefined) this.#pool.release(other)
    }
  }

  async #readInto(buffer: Buffer, offset: number): Promise<Buffer> {
    const { bytesRead } = await this.#handle.read(buffer, 0, buffer.length, offset)
    if (bytesRead < buffer.length) throw new CorruptBlob('The file is shorter than it was.')
    return buffer
  }

  close(): Promise<void> {
    return this.#handle.close()
  }
}

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
