/** The first and the last bytes of a blob's file: how it is sealed, how large it is, and where its frames are. */
import { BLOB_KEY_BYTES, CorruptBlob, FOOTER_NUMBER, type FrameSeal, frameSealOf } from './frames.ts'
import { LENGTH_BYTES, lengthBytes, MAGIC, openedFrame, sealedFrame } from './frames.ts'
import { randomBytes } from 'node:crypto'
import { type BlobSpace, isDualSpace } from '../../model/blob-space.ts'

/** Wraps the keys of blobs. */
export interface BlobKeys {
  /** A text that only `unwrap` makes the key of again; by the key of the space, if there is one. Rejects with `BlobKeyUnusable`. */
  wrap(key: Buffer, space?: BlobSpace): Promise<string>
  /** Rejects with `BlobKeyUnusable` if the wrapping key cannot be used, and otherwise if the text was altered. */
  unwrap(wrapped: string): Promise<Buffer>
}

interface Header {
  /** Absent for a blob in plain text. */
  readonly wrappedKey?: string
}

/** Frames that follow one another, all full but the last. */
export interface FrameRun {
  /** Of the blob's content. */
  readonly contentOffset: number
  /** In the file. */
  readonly fileOffset: number
  /** Number of the first frame. */
  readonly firstFrame: number
}

export interface Footer {
  /** Of the content: a file that got into another blob's place is found out. */
  readonly digest: string
  readonly contentBytes: number
  readonly runs: readonly FrameRun[]
}

/** A header no longer than that. */
const HEADER_LIMIT_BYTES = 64 * 1024
export const TRAILER_BYTES = LENGTH_BYTES + MAGIC.length

/** A new blob's first bytes, and what its frames are sealed with: encrypted if there are keys. */
export const newHeader = async (
  keys: BlobKeys | undefined,
  space?: BlobSpace,
): Promise<{ readonly bytes: Buffer; readonly seal: FrameSeal }> => {
  if (keys === undefined) return { bytes: headerBytes({}), seal: frameSealOf(undefined) }
  const key = randomBytes(space !== undefined && isDualSpace(space) ? 2 * BLOB_KEY_BYTES : BLOB_KEY_BYTES)
  return { bytes: headerBytes({ wrappedKey: await keys.wrap(key, space) }), seal: frameSealOf(key) }
}

const headerBytes = (header: Header): Buffer => {
  const json = Buffer.from(JSON.stringify(header))
  return Buffer.concat([MAGIC, lengthBytes(json.length), json])
}

/** How many bytes the header has, if these are the first of the file; throws `CorruptBlob`. */
export const headerLength = (first: Buffer): number => {
  if (first.length < MAGIC.length + LENGTH_BYTES || !first.subarray(0, MAGIC.length).equals(MAGIC))
    throw new CorruptBlob('The file is not a blob.')
  const length = first.readUInt32BE(MAGIC.length)
  if (length > HEADER_LIMIT_BYTES) throw new CorruptBlob('The header has an impossible length.')
  return MAGIC.length + LENGTH_BYTES + length
}

/** What the frames after this header are sealed with. Rejects with `CorruptBlob`, and as `unwrap` does. */
export const sealOf = async (header: Buffer, keys: BlobKeys | undefined): Promise<FrameSeal> => {
  const { wrappedKey } = parsed<Header>(header.subarray(MAGIC.length + LENGTH_BYTES))
  if (wrappedKey === undefined) return frameSealOf(undefined)
  if (keys === undefined) throw new CorruptBlob('The blob is encrypted, and there are no keys.')
  return frameSealOf(await keys.unwrap(wrappedKey))
}

export const footerBytes = (seal: FrameSeal, footer: Footer): Buffer => {
  const frame = Buffer.concat(sealedFrame(seal, FOOTER_NUMBER, Buffer.from(JSON.stringify(footer))))
  return Buffer.concat([frame, lengthBytes(frame.length), MAGIC])
}

/** Bytes of the footer's frame, which lies before the trailer. Throws `CorruptBlob`. */
export const footerLength = (trailer: Buffer): number => {
  if (!trailer.subarray(LENGTH_BYTES).equals(MAGIC)) throw new CorruptBlob('The blob has no end.')
  return trailer.readUInt32BE()
}

/** Throws `CorruptBlob`. */
export const openFooter = (seal: FrameSeal, frame: Buffer): Footer =>
  parsed<Footer>(openedFrame(seal, FOOTER_NUMBER, frame))

const parsed = <T>(json: Buffer): T => {
  try {
    return JSON.parse(json.toString()) as T
  } catch (error) {
    throw new CorruptBlob('A part of the blob cannot be read.', { cause: error })
  }
}
