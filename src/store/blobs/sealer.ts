/**
 * Turns the content of one upload into frames, and knows its digest. Content is put into a block of memory where it will stand between the seals, and is
 * sealed there; so a block goes from the connection to the file without being put together again.
 */
import { createHash, type Hash } from 'node:crypto'
import { freeBuffer } from '../../kit/free-buffer.ts'
import { FRAME_BYTES, type FrameSeal, LENGTH_BYTES } from './frames.ts'

const FRAMES_PER_BLOCK = 4
/** What a block takes of the content. */
export const BLOCK_CONTENT_BYTES = FRAMES_PER_BLOCK * FRAME_BYTES

export const DIGEST_ALGORITHM = 'sha256'

/** Memory for it, to be filled by `fillBlock`. */
export const newBlock = ({ bytes }: FrameSeal): Buffer =>
  Buffer.allocUnsafeSlow(FRAMES_PER_BLOCK * (LENGTH_BYTES + bytes + FRAME_BYTES))

/** What came of a block. */
export interface SealedBlock {
  /** The same memory, which can be filled again. */
  readonly block: Buffer
  /** What its frames take of it, from its beginning. */
  readonly bytes: number
}

/** What is asked of it is done in that order. */
export interface Sealer {
  /** Seals a block that has so much content. The block is not to be touched any more: it may be with another thread. */
  seal(block: Buffer, firstNumber: number, contentBytes: number): Promise<SealedBlock>
  /** Of all content so far, in hexadecimal. */
  digest(): Promise<string>
  /** No more will come. */
  end(): void
}

/** Seals on the spot. */
export class LocalSealer implements Sealer {
  readonly #seal: FrameSeal
  readonly #hash: Hash

  /** `hash`: of what came before. */
  constructor(seal: FrameSeal, hash = createHash(DIGEST_ALGORITHM)) {
    this.#seal = seal
    this.#hash = hash
  }

  async seal(block: Buffer, firstNumber: number, contentBytes: number): Promise<SealedBlock> {
    return { block, bytes: this.sealNow(block, firstNumber, contentBytes) }
  }

  /** The bytes of the frames. */
  sealNow(block: Buffer, firstNumber: number, contentBytes: number): number {
    let offset = 0
    for (let [number, left] = [firstNumber, contentBytes]; left > 0; number += 1, left -= FRAME_BYTES) {
      const length = Math.min(left, FRAME_BYTES)
      const start = offset + LENGTH_BYTES + this.#seal.bytes
      const content = block.subarray(start, start + length)
      this.#hash.update(content)
      const [sealed, written] = this.#seal.seal(number, content)
      block.writeUInt32BE(length, offset)
      sealed.copy(block, offset + LENGTH_BYTES)
      if (written !== content) {
        written.copy(content)
        freeBuffer(written)
      }
      offset = start + length
    }
    return offset
  }

  async digest(): Promise<string> {
    return this.digestNow()
  }

  digestNow(): string {
    return this.#hash.copy().digest('hex')
  }

  end(): void {
    // Nothing is held.
  }
}

/** Copies from `piece` into a block that has so much content already; returns how much of it was taken. */
export const fillBlock = (block: Buffer, filled: number, { bytes }: FrameSeal, piece: Buffer, from: number): number => {
  const [frame, inFrame] = [Math.floor(filled / FRAME_BYTES), filled % FRAME_BYTES]
  const start = frame * (LENGTH_BYTES + bytes + FRAME_BYTES) + LENGTH_BYTES + bytes
  return piece.copy(block, start + inFrame, from, Math.min(piece.length, from + FRAME_BYTES - inFrame))
}
