/**
 * Blobs on their way in, by ids: appended to from where the client left off, after a restart too, and put into their place when all is there and
 * the digest is what the client says it is.
 */
import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { assert } from '../../kit/assert.ts'
import type { BlobSpace } from '../../model/blob-space.ts'
import { LAYER_BYTES } from '../../model/registry-limits.ts'
import type { BlobKeys } from './blob-header.ts'
import type { BlobHome } from './blob-home.ts'
import { blobName } from './blob-name.ts'
import { unknownUpload, UploadError } from './upload-error.ts'
import { UploadFile, type UploadMemory } from './upload-file.ts'

export interface UploadsOptions {
  /** On the file system of the blobs' home, if that is a directory. */
  readonly directory: string
  readonly home: BlobHome
  /** Undefined keeps blobs in plain text. */
  readonly keys: BlobKeys | undefined
  /** False keeps new blobs in plain text all the same, but for those of a space. */
  readonly isEncrypting?: boolean
  readonly memory: UploadMemory
  /** What one blob may have. */
  readonly limitBytes?: number
}

const unlessUnknown = (error: unknown): void => {
  if (!(error instanceof UploadError) || error.kind !== 'unknown') throw error
}

export class Uploads {
  readonly #options: UploadsOptions
  /** Those that were touched since the start, by id. */
  readonly #open = new Map<string, UploadFile>()
  readonly #pickingUp = new Map<string, Promise<UploadFile | undefined>>()
  /** Of what was let go: when nothing of it is under way to the disk any more. */
  readonly #closing = new Map<string, Promise<void>>()

  constructor(options: UploadsOptions) {
    this.#options = options
  }

  /** `id` is the name of a file. The content is encrypted as that of the space, which it has to end in. */
  async create(id: string, space?: BlobSpace): Promise<void> {
    const { directory, keys, isEncrypting = true, memory } = this.#options
    assert(space === undefined || keys !== undefined, 'blobs of a space are encrypted, and there are no keys')
    await mkdir(directory, { recursive: true, mode: 0o700 })
    const used = isEncrypting || space !== undefined ? keys : undefined
    this.#open.set(id, await UploadFile.create(this.#file(id), used, memory, space))
  }

  /** Bytes of content that are there. Rejects with `UploadError`. */
  async size(id: string): Promise<number> {
    return (await this.#require(id)).contentBytes
  }

  /**
   * Appends what comes, after whoever is appending already, and resolves with the size then. What came before `content` failed is kept. Rejects
   * with `UploadError` if `from` is given and is not where the upload ends.
   */
  async append(id: string, content: AsyncIterable<Buffer>, from?: number): Promise<number> {
    const upload = await this.#require(id)
    return upload.alone(async () => {
      if (from !== undefined && from !== upload.contentBytes)
        throw new UploadError('out-of-order', `The upload has ${upload.contentBytes} bytes; the next one is that.`)
      const room = (this.#options.limitBytes ?? LAYER_BYTES) - upload.contentBytes
      try {
        await upload.append(within(room, content))
      } finally {
        if (upload.isBroken) await this.#letGo(id, upload)
      }
      return upload.contentBytes
    })
  }

  /** Puts the blob into its place and resolves with its size when it is durable. A digest that is wrong ends the upload. */
  async finish(id: string, digest: string, space?: BlobSpace): Promise<number> {
    const upload = await this.#require(id)
    return upload.alone(async () => {
      const actual = await upload.digest(digest.slice(0, digest.indexOf(':'))).catch(async (error: unknown) => {
        if (upload.isBroken) await this.#letGo(id, upload)
        throw error
      })
      if (actual !== digest) {
        await this.#end(id, upload)
        throw new UploadError('wrong-digest', `The content's digest is ${actual}.`)
      }
      try {
        await upload.seal(digest)
        await this.#options.home.adopt(blobName(space, digest), this.#file(id))
      } finally {
        // Should it fail, the file is picked up like one of an earlier life.
        this.#open.delete(id)
      }
      return upload.contentBytes
    })
  }

  /** The content as it comes, of an upload that is appended to in one go; undefined if it is not open any more. */
  async follow(id: string): Promise<AsyncGenerator<Buffer, void, void> | undefined> {
    return this.#open
      .get(id)
      ?.follow()
      .catch((error: NodeJS.ErrnoException) => {
        // It was put into its place meanwhile.
        if (error.code === 'ENOENT') return undefined
        throw error
      })
  }

  /** No error if there is none. */
  async remove(id: string): Promise<void> {
    const upload = this.#open.get(id)
    if (upload === undefined) return rm(this.#file(id), { force: true })
    await upload.alone(() => this.#end(id, upload)).catch(unlessUnknown)
  }

  /** Resolves when nothing is being appended that had begun before. Rejects with `UploadError`. */
  async settled(id: string): Promise<void> {
    const upload = await this.#require(id)
    await upload.settled
  }

  /** Whether there is anything of it. */
  async has(id: string): Promise<boolean> {
    return this.#open.has(id) || (await stat(this.#file(id)).catch(() => undefined)) !== undefined
  }

  /** Ids of uploads that nobody has appended to since then. */
  async idleSince(before: number): Promise<string[]> {
    const idle: string[] = []
    for (const id of await readdir(this.#options.directory).catch(() => [])) {
      const found = await stat(this.#file(id)).catch(() => undefined)
      if (found && found.mtimeMs < before && !this.#open.get(id)?.isBusy) idle.push(id)
    }
    return idle
  }

  async close(): Promise<void> {
    for (const upload of this.#open.values()) await upload.close()
    this.#open.clear()
  }

  async #require(id: string): Promise<UploadFile> {
    const open = this.#open.get(id) ?? (await this.#pickUp(id))
    if (open === undefined) throw unknownUpload()
    return open
  }

  /** Once, however many ask: who is slower would cut off what the others have appended meanwhile. */
  #pickUp(id: string): Promise<UploadFile | undefined> {
    const begun = this.#pickingUp.get(id)
    if (begun !== undefined) return begun
    const found = Promise.resolve(this.#closing.get(id))
      .then(() => UploadFile.pickUp(this.#file(id), this.#options.keys, this.#options.memory))
      .then((upload) => {
        if (upload !== undefined) this.#open.set(id, upload)
        return upload
      })
      .finally(() => this.#pickingUp.delete(id))
    this.#pickingUp.set(id, found)
    return found
  }

  /** Whoever comes next picks up what is on the disk. */
  async #letGo(id: string, upload: UploadFile): Promise<void> {
    this.#open.delete(id)
    const closing = upload.close().finally(() => this.#closing.delete(id))
    this.#closing.set(
      id,
      closing.catch(() => undefined),
    )
    await closing
  }

  async #end(id: string, upload: UploadFile): Promise<void> {
    await this.#letGo(id, upload)
    await rm(this.#file(id), { force: true })
  }

  #file(id: string): string {
    return path.join(this.#options.directory, id)
  }
}

async function* within(bytes: number, content: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, void> {
  let left = bytes
  for await (const piece of content) {
    left -= piece.length
    if (left < 0) throw new UploadError('too-large', 'The blob is larger than blobs may be.')
    yield piece
  }
}
