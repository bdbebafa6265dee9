/** Where the files of blobs lie: a directory, or an object store. What is in them is `frames.ts`'s business. */

export interface BlobSource {
  /** Of the file. */
  readonly size: number
  /** The pieces of `stream` lie in memory that is used again; otherwise each leaves some behind. */
  readonly reusesMemory: boolean
  /** Exactly these bytes. */
  read(offset: number, length: number): Promise<Buffer>
  /**
   * The bytes from one offset to before another, in pieces that are good only until the next is asked for; cheaper than reading each of them.
   * Pieces of whole multiples of `unitBytes` are the cheapest to work on.
   */
  stream(from: number, to: number, unitBytes: number): AsyncGenerator<Buffer, void, void>
  close(): Promise<void>
}

export interface StoredBlob {
  /** See `blob-name.ts`. */
  readonly name: string
  /** Milliseconds since the epoch. */
  readonly storedAt: number
  /** Of the file. */
  readonly size: number
}

/** Blobs are named as `blobName` has it. */
export interface BlobHome {
  /** Takes a local file, which is durable, as the blob's; the file is gone then. Resolves when the blob is durable in its place. */
  adopt(name: string, file: string): Promise<void>
  has(name: string): Promise<boolean>
  /** Undefined if there is no such blob. */
  open(name: string): Promise<BlobSource | undefined>
  /** No error if it is gone. */
  remove(name: string): Promise<void>
  list(): AsyncGenerator<StoredBlob, void, void>
  /** Ends connections, where there are any. */
  close?(): Promise<void>
}
