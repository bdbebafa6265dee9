/** A segment that is kept. It stays readable until its last reader is done, even if it was removed meanwhile. */
import { crc32 } from 'node:zlib'
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
  acquire(key: Uint8Array | undefined): SegmentReader {
    this.#readers++
    return new SegmentReader(
      () => this.#home.open(this.groupId, this.name),
      key,
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

/** Opens its file when something is first wanted of it. */
export class SegmentReader {
  readonly #open: () => Promise<SegmentSource>
  readonly #key: Uint8Array | undefined
  readonly #onRelease: () => Promise<void>
  #source: Promise<SegmentSource> | undefined
  #isReleased = false

  constructor(open: () => Promise<SegmentSource>, key: Uint8Array | undefined, onRelease: () => Promise<void>) {
    this.#open = open
    this.#key = key
    this.#onRelease = onRelease
  }

  async index(): Promise<readonly BlockEntry[]> {
    return readIndex(await this.#opened())
  }

  /** Throws `LogStoreError` if the block is damaged, `Unsealable` if the key is not the group's. */
  async block({ offset, length, checksum, runs }: BlockEntry): Promise<Block> {
    const source = await this.#opened()
    const packed = await source.read(offset, length)
    if (crc32(packed) !== checksum) throw damaged()
    return Block.unpack(packed, runs, this.#key)
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
