/**
 * Blobs as objects of an S3, at places under a prefix. Uploads are spooled and sealed on the local disk, and sent in parts when they are whole,
 * so that the object appears at once or not at all. One installation has a prefix for itself.
 */
import type { S3Client } from '@aws-sdk/client-s3'
import { open, rm } from 'node:fs/promises'
import type { BlobHome, BlobSource, StoredBlob } from './blob-home.ts'
import { nameAtPlace, placeOfName } from './blob-name.ts'
import type { S3Place } from './s3-place.ts'
import { S3Source } from './s3-source.ts'

type Sdk = typeof import('@aws-sdk/client-s3')

/** The part of the SDK that is needed, and a client by it. */
export interface S3Access {
  readonly sdk: Sdk
  readonly client: S3Client
}

export interface S3BlobHomeOptions extends S3Place {
  /** From the usual variables and files of AWS unless given. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string }
  /** How often a call is tried. */
  readonly attempts?: number
  /** How long an S3 may be silent. */
  readonly silenceMs?: number
}

/** Of an object in one piece, and the least of a part. Source: Amazon S3 multipart upload limits. */
const PART_BYTES = 5 * 1024 * 1024
const PARTS = 10_000
/** Parts that are on their way at once, of all blobs: each is in memory for as long as that. */
const PARTS_AT_ONCE = 4
const ATTEMPTS = 6
const SILENCE_MS = 30_000
const CONNECTION_MS = 5000

interface Part {
  readonly number: number
  readonly offset: number
  readonly bytes: number
}

export class S3BlobHome implements BlobHome {
  readonly #options: S3BlobHomeOptions
  /** Of blobs that are on their way. */
  readonly #arriving = new Set<string>()
  readonly #slots = new Slots(PARTS_AT_ONCE)
  #access: Promise<S3Access> | undefined

  constructor(options: S3BlobHomeOptions) {
    this.#options = options
  }

  async adopt(name: string, file: string): Promise<void> {
    const key = this.#key(name)
    const handle = await open(file, 'r')
    this.#arriving.add(key)
    try {
      const { size } = await handle.stat()
      const read = async ({ offset, bytes }: Omit<Part, 'number'>): Promise<Buffer> =>
        (await handle.read(Buffer.allocUnsafeSlow(bytes), 0, bytes, offset)).buffer
      if (size > PART_BYTES) await this.#putInParts(key, partsOf(size), read)
      else await this.#slots.run(async () => this.#put(key, await read({ offset: 0, bytes: size })))
    } finally {
      this.#arriving.delete(key)
      await handle.close()
    }
    await rm(file, { force: true })
  }

  async has(name: string): Promise<boolean> {
    return (await this.#size(name)) !== undefined
  }

  async open(name: string): Promise<BlobSource | undefined> {
    const size = await this.#size(name)
    if (size === undefined) return undefined
    return new S3Source(await this.#s3(), { Bucket: this.#options.bucket, Key: this.#key(name) }, size)
  }

  async remove(name: string): Promise<void> {
    const { sdk, client } = await this.#s3()
    await client.send(new sdk.DeleteObjectCommand(this.#named(this.#key(name))))
  }

  /** Is called when blobs are collected, which is when what an earlier life of the process has left half done goes too. */
  async *list(): AsyncGenerator<StoredBlob, void, void> {
    await this.#abortLeftOvers()
    const { sdk, client } = await this.#s3()
    const { bucket: Bucket, prefix: Prefix } = this.#options
    let token: string | undefined
    do {
      const page = await client.send(
        new sdk.ListObjectsV2Command({ Bucket, Prefix, ...(token !== undefined && { ContinuationToken: token }) }),
      )
      for (const { Key = '', LastModified, Size = 0 } of page.Contents ?? []) {
        const name = this.#name(Key)
        if (name !== undefined && LastModified) yield { name, storedAt: LastModified.getTime(), size: Size }
      }
      token = page.NextContinuationToken
    } while (token !== undefined)
  }

  /** Ends its connections. */
  async close(): Promise<void> {
    if (this.#access !== undefined) (await this.#access).client.destroy()
  }

  async #put(key: string, content: Buffer): Promise<void> {
    const { sdk, client } = await this.#s3()
    await client.send(new sdk.PutObjectCommand({ ...this.#named(key), Body: content }))
  }

  async #putInParts(key: string, parts: readonly Part[], read: (part: Part) => Promise<Buffer>): Promise<void> {
    const { sdk, client } = await this.#s3()
    const { UploadId } = await client.send(new sdk.CreateMultipartUploadCommand(this.#named(key)))
    const upload = { ...this.#named(key), UploadId }
    const send = async (part: Part) => {
      const input = { ...upload, PartNumber: part.number, Body: await read(part) }
      const { ETag } = await client.send(new sdk.UploadPartCommand(input))
      return { PartNumber: part.number, ETag }
    }
    try {
      const Parts = await this.#slots.all(parts, send)
      await client.send(new sdk.CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }))
    } catch (error) {
      // Should this fail too, the next collection does it.
      await client.send(new sdk.AbortMultipartUploadCommand(upload)).catch(() => undefined)
      throw error
    }
  }

  async #abortLeftOvers(): Promise<void> {
    const { sdk, client } = await this.#s3()
    const { bucket: Bucket, prefix: Prefix } = this.#options
    const found = []
    let after: { readonly KeyMarker?: string; readonly UploadIdMarker?: string } | undefined = {}
    while (after !== undefined) {
      const page: import('@aws-sdk/client-s3').ListMultipartUploadsCommandOutput = await client.send(
        new sdk.ListMultipartUploadsCommand({ Bucket, Prefix, ...after }),
      )
      found.push(...(page.Uploads ?? []))
      after = page.IsTruncated === true ? markers(page.NextKeyMarker, page.NextUploadIdMarker) : undefined
    }
    for (const { Key = '', UploadId = '' } of found)
      if (this.#name(Key) !== undefined && !this.#arriving.has(Key))
        await client.send(new sdk.AbortMultipartUploadCommand({ Bucket, Key, UploadId }))
  }

  /** Of the object; undefined if there is none. */
  async #size(name: string): Promise<number | undefined> {
    const { sdk, client } = await this.#s3()
    try {
      return (await client.send(new sdk.HeadObjectCommand(this.#named(this.#key(name))))).ContentLength
    } catch (error) {
      // An answer without a body cannot say more.
      if (error instanceof sdk.S3ServiceException && error.$metadata.httpStatusCode === 404) return undefined
      throw error
    }
  }

  #named(Key: string): { readonly Bucket: string; readonly Key: string } {
    return { Bucket: this.#options.bucket, Key }
  }

  #key(name: string): string {
    return this.#options.prefix + placeOfName(name)
  }

  /** Undefined for what is no blob of ours. */
  #name(key: string): string | undefined {
    const { prefix } = this.#options
    return key.startsWith(prefix) ? nameAtPlace(key.slice(prefix.length)) : undefined
  }

  #s3(): Promise<S3Access> {
    return (this.#access ??= access(this.#options))
  }
}

/** The SDK is loaded by those alone who have an S3. */
const access = async (options: S3BlobHomeOptions): Promise<S3Access> => {
  const sdk = await import('@aws-sdk/client-s3')
  const { endpoint, region, isPathStyle, credentials, attempts = ATTEMPTS, silenceMs = SILENCE_MS } = options
  const client = new sdk.S3Client({
    // An endpoint that the environment names may be this very server.
    ignoreConfiguredEndpointUrls: true,
    ...(endpoint !== undefined && { endpoint }),
    ...(region !== undefined && { region }),
    ...(credentials && { credentials }),
    forcePathStyle: isPathStyle,
    maxAttempts: attempts,
    // Frames are authenticated by themselves, and not every S3 knows the newer checksums.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { connectionTimeout: CONNECTION_MS, socketTimeout: silenceMs },
  })
  return { sdk, client }
}

const partsOf = (size: number): readonly Part[] => {
  const bytes = Math.max(PART_BYTES, Math.ceil(size / PARTS))
  return Array.from({ length: Math.ceil(size / bytes) }, (_, index) => ({
    number: index + 1,
    offset: index * bytes,
    bytes: Math.min(bytes, size - index * bytes),
  }))
}

const markers = (KeyMarker: string | undefined, UploadIdMarker: string | undefined) => ({
  ...(KeyMarker !== undefined && { KeyMarker }),
  ...(UploadIdMarker !== undefined && { UploadIdMarker }),
})

/** Lets so many things go on at once, and the others wait for them. */
class Slots {
  readonly #waiting: (() => void)[] = []
  #free: number

  constructor(count: number) {
    this.#free = count
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#free += 1
      else next()
    }
  }

  /** Resolves when all are done, in their order. After a failure nothing more is begun, and it rejects when what was begun is over. */
  async all<T, U>(items: readonly T[], work: (item: T) => Promise<U>): Promise<U[]> {
    const failures: unknown[] = []
    const results: U[] = []
    const one = async (item: T, index: number): Promise<void> => {
      if (failures.length > 0) return
      try {
        results[index] = await work(item)
      } catch (error) {
        failures.push(error)
      }
    }
    await Promise.all(items.map((item, index) => this.run(() => one(item, index))))
    if (failures.length > 0) throw failures[0]
    return results
  }
}
