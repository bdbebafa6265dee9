/**
 * How a blob lies in its file: a header, its content in frames that are authenticated one by one, so that any range of it can be read and nothing
 * that was altered is ever served, and a footer that says where the frames are.
 *
 *     magic | header: u32 length, JSON | frame* | footer frame | u32 footer length | magic
 *     frame: u32 content length | seal | content
 *
 * All frames but the last of a run have `FRAME_BYTES` of content. A run is what was appended in one go: an upload that is interrupted and resumed
 * has several. The seal is a nonce and a tag (AES-256-GCM, NIST SP 800-38D) with the number of the frame as additional data, or a CRC-32
 * where blobs are kept in plain text.
 */
import { createCipheriv, createDecipheriv, createSecretKey, randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { freeBuffer } from '../../kit/free-buffer.ts'

/** Small, because hundreds of them are in memory at once when many clients pull. */
export const FRAME_BYTES = 64 * 1024
export const MAGIC = Buffer.from('LSBLOB1\n')
export const LENGTH_BYTES = 4

/** What is in the place of a blob is not what was written there. */
export class CorruptBlob extends Error {
  override readonly name = 'CorruptBlob'
}

/** Seals the frames of one blob. */
export interface FrameSeal {
  readonly bytes: number
  /** What `frameSealOf` makes the same of again; undefined where nothing is encrypted. */
  readonly key: Uint8Array | undefined
  /** The seal for the content, and the content as it is to be written. `number` is never used twice for different contents in one blob. */
  seal(number: number, content: Buffer): readonly [seal: Buffer, written: Buffer]
  /** The opposite. Throws `CorruptBlob`. */
  open(number: number, seal: Buffer, written: Buffer): Buffer
}

/** The number that the footer is sealed under. */
export const FOOTER_NUMBER = 2 ** 48 - 1

const NUMBER_BYTES = 6

const numberBytes = (number: number): Buffer => {
  const bytes = Buffer.alloc(NUMBER_BYTES)
  bytes.writeUIntBE(number, 0, NUMBER_BYTES)
  return bytes
}

const CRC_BYTES = 4

/** Finds what disks do to bytes; it does not hide them. */
const checksummedFrames: FrameSeal = {
  bytes: CRC_BYTES,
  key: undefined,
  seal: (number, content) => {
    const seal = Buffer.alloc(CRC_BYTES)
    seal.writeUInt32BE(checksum(number, content))
    return [seal, content]
  },
  open: (number, seal, written) => {
    if (seal.readUInt32BE() !== checksum(number, written)) throw new CorruptBlob('The checksum of a frame is wrong.')
    return written
  },
}

const checksum = (number: number, content: Buffer): number => crc32(content, crc32(numberBytes(number)))

const ALGORITHM = 'aes-256-gcm'
const NONCE_BYTES = 12
const TAG_BYTES = 16
export const BLOB_KEY_BYTES = 32

/** Nonces that are drawn at once: drawing each by itself takes as long as encrypting a quarter of a frame. */
const NONCES = 64

const nonces = (): (() => Buffer) => {
  let [drawn, used] = [Buffer.alloc(0), 0]
  return () => {
    if (used === drawn.length) [drawn, used] = [randomBytes(NONCES * NONCE_BYTES), 0]
    used += NONCE_BYTES
    return drawn.subarray(used - NONCE_BYTES, used)
  }
}

/** `bytes` has 32 bytes and is the key of this blob alone. */
const encryptedFrames = (bytes: Uint8Array): FrameSeal => {
  // Prepared once: Node takes twice as long for a frame whose key are bytes.
  const key = createSecretKey(bytes)
  const nextNonce = nonces()
  return {
    bytes: NONCE_BYTES + TAG_BYTES,
    key: bytes,
    seal: (number, content) => {
      const nonce = nextNonce()
      const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES })
      cipher.setAAD(numberBytes(number))
      const written = cipher.update(content)
      cipher.final()
      return [Buffer.concat([nonce, cipher.getAuthTag()]), written]
    },
    open: (number, seal, written) => {
      const decipher = createDecipheriv(ALGORITHM, key, seal.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
      decipher.setAAD(numberBytes(number))
      decipher.setAuthTag(seal.subarray(NONCE_BYTES))
      try {
        const content = decipher.update(written)
        decipher.final()
        return content
      } catch (error) {
        throw new CorruptBlob('A frame was altered, or is of another blob.', { cause: error })
      }
    },
  }
}

/**
 * What the key of a blob seals: one that is twice as long as others is two, and everything is encrypted with each. Without a key, frames have
 * checksums.
 */
export const frameSealOf = (key: Uint8Array | undefined): FrameSeal => {
  if (key === undefined) return checksummedFrames
  const seal = encryptedFrames(key.subarray(0, BLOB_KEY_BYTES))
  if (key.length === BLOB_KEY_BYTES) return seal
  return encryptedAgain(key, seal, encryptedFrames(key.subarray(BLOB_KEY_BYTES)))
}

const encryptedAgain = (key: Uint8Array, inner: FrameSeal, outer: FrameSeal): FrameSeal => ({
  bytes: inner.bytes + outer.bytes,
  key,
  seal: (number, content) => {
    const [innerSeal, once] = inner.seal(number, content)
    const [outerSeal, twice] = outer.seal(number, once)
    freeBuffer(once)
    return [Buffer.concat([innerSeal, outerSeal]), twice]
  },
  open: (number, seal, written) => {
    const once = outer.open(number, seal.subarray(inner.bytes), written)
    const content = inner.open(number, seal.subarray(0, inner.bytes), once)
    freeBuffer(once)
    return content
  },
})

/** A frame as it is written. */
export const sealedFrame = (seal: FrameSeal, number: number, content: Buffer): readonly Buffer[] => {
  const [sealed, written] = seal.seal(number, content)
  return [lengthBytes(content.length), sealed, written]
}

/** Opens one whole frame, length included. Throws `CorruptBlob`. */
export const openedFrame = (seal: FrameSeal, number: number, frame: Buffer): Buffer =>
  seal.open(number, frame.subarray(LENGTH_BYTES, LENGTH_BYTES + seal.bytes), frame.subarray(LENGTH_BYTES + seal.bytes))

export const frameBytes = (seal: FrameSeal, contentBytes: number): number => LENGTH_BYTES + seal.bytes + contentBytes

export const lengthBytes = (length: number): Buffer => {
  const bytes = Buffer.alloc(LENGTH_BYTES)
  bytes.writeUInt32BE(length)
  return bytes
}

/** Cuts bytes that come in pieces into whole frames, without copying those that lie in one piece. */
export class FrameCutter {
  readonly #seal: FrameSeal
  #pieces: Buffer[] = []
  #bytes = 0

  constructor(seal: FrameSeal) {
    this.#seal = seal
  }

  /** Bytes that are of no whole frame yet. */
  get pendingBytes(): number {
    return this.#bytes
  }

  /** The frames that are whole now. Throws `CorruptBlob` for a length that no frame has. */
  *push(piece: Buffer): Generator<Buffer, void, void> {
    this.#pieces.push(piece)
    this.#bytes += piece.length
    for (;;) {
      const wanted = this.#wantedBytes()
      if (wanted === undefined || this.#bytes < wanted) return
      yield this.#take(wanted)
    }
  }

  #wantedBytes(): number | undefined {
    if (this.#bytes < LENGTH_BYTES) return undefined
    if ((this.#pieces[0]?.length ?? 0) < LENGTH_BYTES) this.#join()
    const length = this.#pieces[0]?.readUInt32BE() ?? 0
    // Zeros fill up the last block of a file that was written directly.
    if (length === 0 || length > FRAME_BYTES) throw new CorruptBlob('A frame has an impossible length.')
    return frameBytes(this.#seal, length)
  }

  #take(bytes: number): Buffer {
    if ((this.#pieces[0]?.length ?? 0) < bytes) this.#join()
    const [first = Buffer.alloc(0), ...rest] = this.#pieces
    this.#pieces = first.length === bytes ? rest : [first.subarray(bytes), ...rest]
    this.#bytes -= bytes
    return first.subarray(0, bytes)
  }

  #join(): void {
    this.#pieces = [Buffer.concat(this.#pieces)]
  }
}
