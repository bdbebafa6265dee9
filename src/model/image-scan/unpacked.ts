/** The tar archive in a layer, whether it is packed by gzip, by zstd or not at all, which its first bytes tell. */
import { type Duplex, pipeline, Readable } from 'node:stream'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { UNPACKED_BYTES, UNPACKED_RATIO, UNPACKED_RATIO_FROM_BYTES, Unscannable } from './scan-limits.ts'

const GZIP = Buffer.from([0x1f, 0x8b])
const ZSTD = Buffer.from([0x28, 0xb5, 0x2f, 0xfd])

/** Rejects with `Unscannable` for what cannot be unpacked, or is too much. */
export async function* unpacked(layer: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, void> {
  const bytes = { in: 0, out: 0 }
  const counted = countedBytes(layer, bytes)
  const { first, rest } = await begun(counted)
  const unpacker = unpackerOf(first)
  for await (const piece of unpacker === undefined ? rest : through(rest, unpacker)) {
    bytes.out += piece.length
    const isTooDense = bytes.out > UNPACKED_RATIO_FROM_BYTES && bytes.out > bytes.in * UNPACKED_RATIO
    if (bytes.out > UNPACKED_BYTES || isTooDense) throw new Unscannable('A layer unpacks to more than is looked at.')
    yield piece
  }
}

const unpackerOf = (first: Buffer): Duplex | undefined => {
  if (first.subarray(0, GZIP.length).equals(GZIP)) return createGunzip()
  if (first.subarray(0, ZSTD.length).equals(ZSTD)) return createZstdDecompress()
  return undefined
}

async function* countedBytes(layer: AsyncIterable<Buffer>, bytes: { in: number }): AsyncGenerator<Buffer, void, void> {
  for await (const piece of layer) {
    bytes.in += piece.length
    yield piece
  }
}

/** The first piece, and all of them. */
const begun = async (pieces: AsyncGenerator<Buffer, void, void>) => {
  const { value } = await pieces.next()
  const first = value ?? Buffer.alloc(0)
  async function* rest(): AsyncGenerator<Buffer, void, void> {
    yield first
    yield* pieces
  }
  return { first, rest: rest() }
}

async function* through(pieces: AsyncIterable<Buffer>, unpacker: Duplex): AsyncGenerator<Buffer, void, void> {
  let sourceError: unknown
  const source = Readable.from(pieces, { objectMode: false })
  // The error comes out of the iteration below; which of both streams had it is told apart here.
  source.once('error', (error) => (sourceError = error))
  pipeline(source, unpacker, () => {})
  try {
    for await (const piece of unpacker) yield piece as Buffer
  } catch (error) {
    throw sourceError ?? new Unscannable('A layer cannot be unpacked.', { cause: error })
  } finally {
    source.destroy()
  }
}
