/**
 * All blobs, and how they go. What refers to a blob is in the tables; here it is made certain that a blob is never removed while something begins
 * to refer to it.
 */
import { BufferGarbage } from '../../kit/buffer-garbage.ts'
import type { BlobSpace } from '../../model/blob-space.ts'
import type { BlobKeys } from './blob-header.ts'
import type { BlobHome } from './blob-home.ts'
import { type BlobPlace, partsOfName } from './blob-name.ts'
import { Blobs, type BlobsOptions, NameLocks } from './blobs.ts'
import { BlockPool } from './block-pool.ts'
import { SealingThread } from './sealing-thread.ts'
import { Uploads } from './uploads.ts'

export interface BlobStoreOptions {
  readonly home: BlobHome
  /** Where uploads lie until they are whole; on the file system of the home, if that is a directory. */
  readonly uploadsDirectory: string
  /** What uploads pass through; may be the home's as well. */
  readonly pool?: BlockPool
  /** Undefined keeps new blobs in plain text; then there are no spaces. */
  readonly keys: BlobKeys | undefined
  /** False keeps new blobs in plain text though there are keys, which those of before are read with; not those of spaces. */
  readonly isEncrypting?: boolean
}

export interface Collected {
  readonly blobs: number
  /** Of their files. */
  readonly bytes: number
}

export class BlobStore {
  readonly uploads: Uploads
  readonly #options: BlobsOptions
  readonly #thread = new SealingThread()

  constructor({ home, uploadsDirectory, pool = new BlockPool(), keys, isEncrypting }: BlobStoreOptions) {
    const garbage = new BufferGarbage()
    this.uploads = new Uploads({
      directory: uploadsDirectory,
      home,
      keys,
      memory: { pool, garbage, thread: this.#thread },
      ...(isEncrypting !== undefined && { isEncrypting }),
    })
    this.#options = { home, keys, uploads: this.uploads, locks: new NameLocks(), distrusted: new Set(), garbage }
  }

  /** The blobs of a space, or those of none. */
  in(space?: BlobSpace): Blobs {
    return new Blobs(this.#options, space)
  }

  /** Removes blobs that were stored before then and that nobody refers to. That nobody does must be durable when `isReferred` says so. */
  async collect(before: number, isReferred: (blob: BlobPlace) => Promise<boolean>): Promise<Collected> {
    const { home, locks } = this.#options
    let [blobs, bytes] = [0, 0]
    for await (const { name, storedAt, size } of home.list()) {
      const blob = partsOfName(name)
      if (storedAt >= before || (await isReferred(blob))) continue
      const isRemoved = await locks.run(name, async () => {
        if (await isReferred(blob)) return false
        await home.remove(name)
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
    await this.#thread.close()
    await this.#options.home.close?.()
  }
}
