/** Blobs as files of a directory: `sha256/ab/abcdef...`. */
import { type FileHandle, mkdir, open, opendir, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import type { BlobHome, BlobSource, StoredBlob } from './blob-home.ts'
import { CorruptBlob } from './frames.ts'

export class DirectoryBlobHome implements BlobHome {
  readonly #root: string

  constructor(root: string) {
    this.#root = root
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
    return new FileSource(handle, (await handle.stat()).size)
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

  constructor(handle: FileHandle, size: number) {
    this.#handle = handle
    this.size = size
  }

  async read(offset: number, length: number): Promise<Buffer> {
    const { buffer, bytesRead } = await this.#handle.read(Buffer.allocUnsafeSlow(length), 0, length, offset)
    if (bytesRead < length) throw new CorruptBlob('The file is shorter than it was.')
    return buffer
  }

  /** The next piece is being read while one is looked at. */
  async *stream(from: number, to: number, pieceBytes: number): AsyncGenerator<Buffer, void, void> {
    const pieceAt = (offset: number): Promise<Buffer> | undefined =>
      offset < to ? this.read(offset, Math.min(pieceBytes, to - offset)) : undefined
    let next = pieceAt(from)
    try {
      for (let offset = from; next !== undefined;) {
        const piece = await next
        offset += piece.length
        next = pieceAt(offset)
        yield piece
      }
    } finally {
      await next?.catch(() => undefined)
    }
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
