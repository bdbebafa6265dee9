/**
 * A block of a segment: runs of one or more streams, compressed together and, if they have a key, sealed with it. The text of all
 * messages comes first, so that a search looks through it without reading anything else.
 */
import { zstdCompress, zstdDecompress, constants } from 'node:zlib'
import { openBytes, sealBytes } from '../../kit/sealing.ts'
import { ColumnReader, ColumnWriter, LONGEST_NUMBER } from './byte-columns.ts'
import { type LogRun, runSize } from './log-run.ts'

/** What a block's stretches of streams are, which the segment's index says. */
export interface RunOutline {
  readonly streamId: string
  readonly count: number
  readonly textBytes: number
}

/** What has to be known of a block to open it. */
export interface BlockOutline {
  readonly runs: readonly RunOutline[]
  /** The key that it is sealed with, as all of its runs are; absent if it is not sealed. */
  readonly keyId?: string
}

const LENGTH_BYTES = 4
/** Node takes no smaller pieces. */
const LEAST_CHUNK_BYTES = 64
const SEALED_FOR = 'log block'

/** Measured on the access log of a web server: level 6 saves a tenth at three times the cost; gzip and brotli are slower both ways. */
const COMPRESSION_LEVEL = 3

export const packBlock = async (runs: readonly LogRun[], key: Uint8Array | undefined): Promise<Buffer> => {
  const texts = runs.map(({ text }) => text)
  const length = Buffer.alloc(LENGTH_BYTES)
  length.writeUInt32LE(texts.reduce((sum, text) => sum + text.length, 0))
  const packed = await compress(Buffer.concat([length, ...texts, columnsOf(runs)]))
  return key === undefined ? packed : sealBytes(key, packed, SEALED_FOR)
}

const columnsOf = (runs: readonly LogRun[]): Buffer => {
  const writer = new ColumnWriter()
  for (const { timestamps, sequences, ingestedAt, offsets } of runs) {
    writer.differences(timestamps)
    writer.differences(sequences)
    writer.differences(ingestedAt)
    for (let index = 1; index < offsets.length; index++) writer.number(offsets[index]! - offsets[index - 1]!)
  }
  return writer.result()
}

/** A block in memory, whose columns are read when they are first needed. */
export class Block {
  readonly #bytes: Buffer
  readonly #outlines: readonly RunOutline[]
  readonly #keyId: string | undefined
  #runs: readonly LogRun[] | undefined

  private constructor(bytes: Buffer, { runs, keyId }: BlockOutline) {
    this.#bytes = bytes
    this.#outlines = runs
    this.#keyId = keyId
  }

  /** Throws `Unsealable` if the key is not the block's. */
  static async unpack(packed: Buffer, outline: BlockOutline, key: Uint8Array | undefined): Promise<Block> {
    const compressed = key === undefined ? packed : openBytes(key, packed, SEALED_FOR)
    return new Block(await decompress(compressed, longestOf(outline.runs)), outline)
  }

  /** The messages of all runs. */
  get text(): Buffer {
    return this.#bytes.subarray(LENGTH_BYTES, LENGTH_BYTES + this.#bytes.readUInt32LE())
  }

  get runs(): readonly LogRun[] {
    this.#runs ??= this.#readRuns()
    return this.#runs
  }

  #readRuns(): readonly LogRun[] {
    const { text } = this
    const reader = new ColumnReader(this.#bytes.subarray(LENGTH_BYTES + text.length))
    let at = 0
    return this.#outlines.map(({ streamId, count, textBytes }) => {
      const timestamps = reader.differences(new Float64Array(count))
      const sequences = reader.differences(new Float64Array(count))
      const ingestedAt = reader.differences(new Float64Array(count))
      const offsets = new Uint32Array(count + 1)
      for (let index = 1; index <= count; index++) offsets[index] = offsets[index - 1]! + reader.number()
      at += textBytes
      return {
        streamId,
        timestamps,
        sequences,
        ingestedAt,
        offsets,
        text: text.subarray(at - textBytes, at),
        keyId: this.#keyId,
      }
    })
  }
}

export const outlineOf = (run: LogRun): RunOutline => ({
  streamId: run.streamId,
  count: runSize(run),
  textBytes: run.text.length,
})

/** Bytes that a block of these runs has at the most: of each event, three differences and a length beside its text. */
const longestOf = (outlines: readonly RunOutline[]): number =>
  outlines.reduce((sum, { count, textBytes }) => sum + textBytes + count * 4 * LONGEST_NUMBER, LENGTH_BYTES)

const compress = (bytes: Buffer): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const params = { [constants.ZSTD_c_compressionLevel]: COMPRESSION_LEVEL }
    zstdCompress(bytes, { params, chunkSize: Math.max(bytes.length, LEAST_CHUNK_BYTES) }, (error, result) =>
      error === null ? resolve(result) : reject(error),
    )
  })

/** In one piece: pieces would each be a trip to another thread. */
const decompress = (bytes: Buffer, chunkSize: number): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    zstdDecompress(bytes, { chunkSize: Math.max(chunkSize, LEAST_CHUNK_BYTES) }, (error, result) =>
      error === null ? resolve(result) : reject(error),
    )
  })
