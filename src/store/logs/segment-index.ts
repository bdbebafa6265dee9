/** The end of a segment: which blocks it has, and in each which streams with which times. */
import { crc32, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import type { BlockOutline, RunOutline } from './block.ts'
import { type LogPosition, LogStoreError } from './log-store.ts'
import type { SegmentSource } from './segment-home.ts'

export interface RunEntry extends RunOutline {
  readonly first: LogPosition
  readonly last: LogPosition
}

export interface BlockEntry extends BlockOutline {
  readonly offset: number
  readonly length: number
  readonly checksum: number
  readonly runs: readonly RunEntry[]
}

/** Ends every segment; another format would have another. */
const MARK = Buffer.from('LSLOGS01')
const TRAILER_BYTES = 8 + MARK.length

/** The bytes that follow the blocks. */
export const encodeIndex = (blocks: readonly BlockEntry[]): Buffer => {
  const index = zstdCompressSync(Buffer.from(JSON.stringify(blocks)))
  const trailer = Buffer.alloc(8)
  trailer.writeUInt32LE(index.length, 0)
  trailer.writeUInt32LE(crc32(index), 4)
  return Buffer.concat([index, trailer, MARK])
}

/** Throws `LogStoreError` if the segment is damaged. */
export const readIndex = async (source: SegmentSource): Promise<readonly BlockEntry[]> => {
  if (source.size < TRAILER_BYTES) throw damaged()
  const trailer = await source.read(source.size - TRAILER_BYTES, TRAILER_BYTES)
  const length = trailer.readUInt32LE(0)
  const isWhole = trailer.subarray(8).equals(MARK) && length + TRAILER_BYTES <= source.size
  if (!isWhole) throw damaged()
  const index = await source.read(source.size - TRAILER_BYTES - length, length)
  if (crc32(index) !== trailer.readUInt32LE(4)) throw damaged()
  return JSON.parse(zstdDecompressSync(index).toString()) as readonly BlockEntry[]
}

export const damaged = (): LogStoreError =>
  new LogStoreError('A segment of a log group is damaged: restore it from a backup.')
