/** The `Range` of a request (RFC 9110, 14.2): one range of bytes. Several at once are answered with everything, which is allowed. */
import { RegistryFault } from './registry-fault.ts'

export interface ByteRange {
  readonly from: number
  /** The first byte after it. */
  readonly to: number
}

const RANGE = /^bytes=(\d*)-(\d*)$/

/** Undefined for everything. Throws `RegistryFault` for a range that lies beyond the content. */
export const byteRange = (header: string | undefined, size: number): ByteRange | undefined => {
  const [, first = '', last = ''] = RANGE.exec(header?.trim() ?? '') ?? []
  if (first === '' && last === '') return undefined
  const range =
    first === ''
      ? { from: Math.max(0, size - Number(last)), to: size }
      : { from: Number(first), to: last === '' ? size : Math.min(size, Number(last) + 1) }
  if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined
  if (range.from < range.to) return range
  throw new RegistryFault('RANGE_INVALID', 'The range lies beyond the end of the blob.', {
    headers: { 'Content-Range': `bytes */${size}` },
  })
}
