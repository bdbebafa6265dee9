/**
 * Blobs by digest, and how they come and go. What refers to a blob is in the tables; here it is made certain that a blob is never removed while
 * something begins to refer to it.
 */
import { BufferGarbage } from '../../kit/buffer-garbage.ts'
import type { BlobKeys } from './blob-header.ts'
import type { BlobHome } from './blob-home.ts'
import { BlobReader } from './blob-reader.ts'
import { BlockPool } from './block-pool.ts'
import { Uploads } from './uploads.ts'

export interface BlobStoreOptions {
  readonly home: BlobHome
  /** Where uploads lie until they are whole; on the file system of the home, if that is a directory. */
  readonly uploadsDirectory: string
  /** What uploads pass through; may be the home's as well. */
  readonly pool?: BlockPool
  /** Undefined keeps new blobs in plain text. */
  readonly keys: BlobKeys | undefined
  /** False keeps new blobs in plain text though there are keys, which those of before are read with. */
  readonly isEncrypting?: boolean
}

export interface Collected {
  readonly blobs: number
  /** Of their files. */
  readonly bytes: number
}

export class BlobStore {
  readonly uploads: Uploads
  readonly #home: BlobHome
  readonly #keys: BlobKeys | undefined
  readonly #locks = new DigestLocks()
  /** What was found altered or missing since the start. */
  readonly #distrusted = new Set<string>()
  readonly #garbage = new BufferGarbage()

  constructor({ home, uploadsDirectory, pool = new BlockPool(), keys, isEncrypting }: BlobStoreOptions) {
    this.#home = home
    this.#keys = keys
    this.uploads = new Uploads({
      directory: uploadsDirectory,
      home,
      keys,
      memory: { pool, garbage: this.#garbage },
      ...(isEncrypting !== undefined && { isEncrypting }),
    })
  }

  /** Whoever gets a reader closes it. Undefined if there is no such blob. Rejects with `CorruptBlob`. */
  async open(digest: string): Promise<BlobReader | undefined> {
    const source = await this.#home.open(digest)
    return source && BlobReader.open(source, digest, this.#keys, this.#garbage)
  }

  /** Notes that the blob cannot be read: whoever is about to push it must not think that it is there. */
  distrust(digest: string): void {
    this.#distrusted.add(digest)
  }

  isTrusted(digest: string): boolean {
    return !this.#distrusted.has(digest)
  }

  has(digest: string): Promise<boolean> {
    return this.#home.has(digest)
  }

  /** The whole content of a small blob. */
  async read(digest: string): Promise<Buffer | undefined> {
    const reader = await this.open(digest)
    if (reader === undefined) return undefined
    try {
      const pieces: Buffer[] = []
      for await (const piece of reader.read()) pieces.push(piece)
      return Buffer.concat(pieces, reader.bytes)
    } finally {
      await reader.close()
    }
  }

  /** Makes an upload a blob, and lets `refer` write who refers to it before anyone could think that nobody does. */
  finish<T>(uploadId: string, digest: string, refer: (bytes: number) => Promise<T>): Promise<T> {
    return this.#locks.run(digest, async () => {
      const bytes = await this.uploads.finish(uploadId, digest)
      this.#distrusted.delete(digest)
      return refer(bytes)
    })
  }

  /** Keeps small content, likewise. `uploadId` is of no upload yet. */
  async put<T>(uploadId: string, digest: string, content: Buffer, refer: () => Promise<T>): Promise<T> {
    await this.uploads.create(uploadId)
    try {
      await this.uploads.append(uploadId, onePiece(content))
      return await this.finish(uploadId, digest, refer)
    } finally {
      await this.uploads.remove(uploadId)
    }
  }

  /** Removes blobs that were stored before then and that nobody refers to. That nobody does must be durable when `isReferred` says so. */
  async collect(before: number, isReferred: (digest: string) => Promise<boolean>): Promise<Collected> {
    let [blobs, bytes] = [0, 0]
    for await (const { digest, storedAt, size } of this.#home.list()) {
      if (storedAt >= before || (await isReferred(digest))) continue
      const isRemoved = await this.#locks.run(digest, async () => {
        if (await isReferred(digest)) return false
        await this.#home.remove(digest)
        return true
      })
      if (!isRemoved) continue
      blobs += 1
      bytes += size
    }
    return { blobs, bytes }
  }

  async close(): Promise<void> {
    await this.uploads.close()
    await this.#home.close?.()
  }
}

async function* onePiece(content: Buffer): AsyncGenerator<Buffer, void, void> {
  yield content
}

/** Does one thing at a time with each digest. */
class DigestLocks {
  readonly #last = new Map<string, Promise<unknown>>()

  run<T>(digest: string, work: () => Promise<T>): Promise<T> {
    const result = (this.#last.get(digest) ?? Promise.resolve()).then(work, work)
    this.#last.set(digest, result)
    const forget = (): void => {
      if (this.#last.get(digest) === result) this.#last.delete(digest)
    }
    result.then(forget, forget)
    return result
  }
}
