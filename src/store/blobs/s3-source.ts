/** An object of an S3, read in ranges. */
import { CorruptBlob } from './frames.ts'
import type { BlobSource } from './blob-home.ts'
import type { S3Access } from './s3-blob-home.ts'

/** How often what is cut is gone on with, without a byte having come. */
const RESUMPTIONS = 3

export class S3Source implements BlobSource {
  readonly reusesMemory = false
  readonly #access: S3Access
  readonly #object: { readonly Bucket: string; readonly Key: string }
  readonly size: number

  constructor(access: S3Access, object: { readonly Bucket: string; readonly Key: string }, size: number) {
    this.#access = access
    this.#object = object
    this.size = size
  }

  async read(offset: number, length: number): Promise<Buffer> {
    const pieces: Buffer[] = []
    for await (const piece of this.stream(offset, offset + length)) pieces.push(piece)
    return Buffer.concat(pieces, length)
  }

  async *stream(from: number, to: number): AsyncGenerator<Buffer, void, void> {
    let [position, fruitless] = [from, 0]
    while (position < to) {
      const before = position
      try {
        for await (const piece of await this.#get(position, to)) {
          position += piece.length
          yield piece
        }
        if (position < to) throw new CorruptBlob('The object is shorter than it was.')
      } catch (error) {
        fruitless = position > before ? 0 : fruitless + 1
        if (fruitless >= RESUMPTIONS || !isCut(error)) throw error
      }
    }
  }

  async close(): Promise<void> {}

  async #get(from: number, to: number): Promise<AsyncIterable<Buffer>> {
    const { sdk, client } = this.#access
    const input = { ...this.#object, Range: `bytes=${from}-${to - 1}` }
    const { Body } = await client.send(new sdk.GetObjectCommand(input))
    return Body as unknown as AsyncIterable<Buffer>
  }
}

/** What the connection did, not what the S3 said. */
const isCut = (error: unknown): boolean =>
  error instanceof Error && ('code' in error || error.name === 'TimeoutError' || error.message === 'aborted')
