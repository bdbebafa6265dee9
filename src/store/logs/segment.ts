/** A segment that is kept. It stays readable until its last reader is done, even if it was removed meanwhile. */
import { crc32 } from 'node:zlib'
import { defined } from '../../kit/assert.ts'
import { Block } from './block.ts'
import type { SegmentHome, SegmentSource } from './segment-home.ts'
import { type BlockEntry, damaged, readIndex } from './segment-index.ts'
import { segmentName, type SegmentSummary } from './segment-name.ts'

export class Segment {
  readonly groupId: string
  readonly summary: SegmentSummary
  readonly #home: SegmentHome
  #readers = 0
  #isRetired = false

  constructor(home: SegmentHome, groupId: string, summary: SegmentSummary) {
    this.#home = home
    this.groupId = groupId
    this.summary = summary
  }

  get name(): string {
    return segmentName(this.summary)
  }

  /** Every reader must be released. */
  acquire(keyOf: KeyOf = () => undefined): SegmentReader {
    this.#readers++
    return new SegmentReader(
      () => this.#home.open(this.groupId, this.name),
      keyOf,
      () => this.#release(),
    )
  }

  /** Removes the segment as soon as nobody reads it. */
  async retire(): Promise<void> {
    this.#isRetired = true
    if (this.#readers === 0) await this.#home.remove(this.groupId, this.name)
  }

  async #release(): Promise<void> {
    this.#readers--
    if (this.#isRetired && this.#readers === 0) await this.#home.remove(this.groupId, this.name)
  }
}

/** Finds the key of a block; throws if it must not be used. */
export type KeyOf = (keyId: string) => Uint8Array | undefined

/** Opens its file when something is first wanted of it. */
export class SegmentReader {
  readonly #open: () => Promise<SegmentSource>
  readonly #keyOf: KeyOf
  readonly #onRelease: () => Promise<void>
  #source: Promise<SegmentSource> | undefined
  #isReleased = false

  constructor(open: () => Promise<SegmentSource>, keyOf: KeyOf, onRelease: () => Promise<void>) {
    this.#open = open
    this.#keyOf = keyOf
    this.#onRelease = onRelease
  }

  async index(): Promise<readonly BlockEntry[]> {
    return readIndex(await this.#opened())
  }

  /** Throws `LogStoreError` if the block is damaged, and what finding its key throws. */
  async block(entry: BlockEntry): Promise<Block> {
    const { offset, length, checksum, keyId } = entry
    const key = keyId === undefined ? undefined : defined(this.#keyOf(keyId), 'the key of a block')
    const source = await this.#opened()
    const packed = await source.read(offset, length)
    if (crc32(packed) !== checksum) throw damaged()
    return Block.unpack(packed, entry, key)
  }

  /** Once it was released, nothing more can be read. That it could not be opened, who wanted to read has been told. */
  async release(): Promise<void> {
    if (this.#isReleased) return
    this.#isReleased = true
    const source = await this.#source?.catch(() => undefined)
    await source?.close()
    await this.#onRelease()
  }

  #opened(): Promise<SegmentSource> {
    this.#source ??= this.#open()
    return this.#source
  }
}
