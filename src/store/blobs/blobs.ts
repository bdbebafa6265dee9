/** Blobs by digest, of one space: how they come and are read. What refers to a blob is in the tables. */
import type { BufferGarbage } from '../../kit/buffer-garbage.ts'
import type { BlobSpace } from '../../model/blob-space.ts'
import type { BlobKeys } from './blob-header.ts'
import type { BlobHome } from './blob-home.ts'
import { blobName } from './blob-name.ts'
import { BlobReader } from './blob-reader.ts'
import type { Uploads } from './uploads.ts'

/** What all spaces have in common. Blobs are in it by their names. */
export interface BlobsOptions {
  readonly home: BlobHome
  readonly keys: BlobKeys | undefined
  readonly uploads: Uploads
  readonly locks: NameLocks
  /** What was found altered or missing since the start. */
  readonly distrusted: Set<string>
  readonly garbage: BufferGarbage
}

export class Blobs {
  readonly #options: BlobsOptions
  readonly #space: BlobSpace | undefined

  constructor(options: BlobsOptions, space: BlobSpace | undefined) {
    this.#options = options
    this.#space = space
  }

  /** Whoever gets a reader closes it. Undefined if there is no such blob. Rejects with `CorruptBlob` and `BlobKeyUnusable`. */
  async open(digest: string): Promise<BlobReader | undefined> {
    const { home, keys, garbage } = this.#options
    const source = await home.open(this.#name(digest))
    return source && BlobReader.open(source, digest, keys, garbage)
  }

  /** Notes that the blob cannot be read: whoever is about to push it must not think that it is there. */
  distrust(digest: string): void {
    this.#options.distrusted.add(this.#name(digest))
  }

  isTrusted(digest: string): boolean {
    return !this.#options.distrusted.has(this.#name(digest))
  }

  has(digest: string): Promise<boolean> {
    return this.#options.home.has(this.#name(digest))
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

  /** Begins an upload, which goes on by `uploads` and ends by `finish`. */
  begin(uploadId: string): Promise<void> {
    return this.#options.uploads.create(uploadId, this.#space)
  }

  /** Makes an upload a blob, and lets `refer` write who refers to it before anyone could think that nobody does. */
  finish<T>(uploadId: string, digest: string, refer: (bytes: number) => Promise<T>): Promise<T> {
    const { locks, uploads, distrusted } = this.#options
    const name = this.#name(digest)
    return locks.run(name, async () => {
      const bytes = await uploads.finish(uploadId, digest, this.#space)
      distrusted.delete(name)
      return refer(bytes)
    })
  }

  /** Keeps small content, likewise. `uploadId` is of no upload yet. */
  async put<T>(uploadId: string, digest: string, content: Buffer, refer: () => Promise<T>): Promise<T> {
    const { uploads } = this.#options
    await this.begin(uploadId)
    try {
      await uploads.append(uploadId, onePiece(content))
      return await this.finish(uploadId, digest, refer)
    } finally {
      await uploads.remove(uploadId)
    }
  }

  #name(digest: string): string {
    return blobName(this.#space, digest)
  }
}

async function* onePiece(content: Buffer): AsyncGenerator<Buffer, void, void> {
  yield content
}

/** Does one thing at a time with each blob. */
export class NameLocks {
  readonly #last = new Map<string, Promise<unknown>>()

  run<T>(name: string, work: () => Promise<T>): Promise<T> {
    const result = (this.#last.get(name) ?? Promise.resolve()).then(work, work)
    this.#last.set(name, result)
    const forget = (): void => {
      if (this.#last.get(name) === result) this.#last.delete(name)
    }
    result.then(forget, forget)
    return result
  }
}
