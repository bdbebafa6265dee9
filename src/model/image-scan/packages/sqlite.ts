/**
 * The blobs of a table in an SQLite database that may have been made to do harm: it is read, not opened, so that nothing in it is run.
 * Source: "Database File Format", https://www.sqlite.org/fileformat2.html
 */
import { Unscannable } from '../scan-limits.ts'

const MAGIC = Buffer.from('SQLite format 3\0')
const [INTERIOR, LEAF] = [0x05, 0x0d]

/** In the order of the table. Throws `Unscannable` for what is no such database. */
export const sqliteBlobs = (file: Buffer, table: string): readonly Buffer[] => {
  const database = new Database(file)
  const schema = database.rows(1).find((row) => row[0] === 'table' && row[1] === table)
  const root = schema?.[3]
  if (typeof root !== 'number') throw new Unscannable(`The package database has no table ${table}.`)
  return database.rows(root).flatMap((row) => row.filter((value) => Buffer.isBuffer(value)))
}

type Value = string | number | Buffer | null

const broken = (): Unscannable => new Unscannable('The package database cannot be read.')

class Database {
  readonly #file: Buffer
  readonly #pageBytes: number
  readonly #usableBytes: number

  constructor(file: Buffer) {
    if (file.length < 512 || !file.subarray(0, MAGIC.length).equals(MAGIC)) throw broken()
    const size = file.readUInt16BE(16)
    this.#file = file
    this.#pageBytes = size === 1 ? 65_536 : size
    this.#usableBytes = this.#pageBytes - (file[20] ?? 0)
    if (this.#pageBytes < 512 || this.#usableBytes < 480) throw broken()
  }

  /** Of the table whose tree has that root. */
  rows(root: number): readonly (readonly Value[])[] {
    const seen = new Set<number>()
    const rows: (readonly Value[])[] = []
    const left = [root]
    for (let page = left.pop(); page !== undefined; page = left.pop()) {
      if (seen.has(page)) throw broken()
      seen.add(page)
      const bytes = this.#page(page)
      const start = page === 1 ? 100 : 0
      const kind = bytes[start]
      if (kind === LEAF) for (const at of cells(bytes, start + 8, start)) rows.push(this.#row(bytes, at))
      else if (kind === INTERIOR) {
        const children = cells(bytes, start + 12, start).map((at) => uint32(bytes, at))
        left.push(...[...children, uint32(bytes, start + 8)].toReversed())
      } else throw broken()
    }
    return rows
  }

  #page(number: number): Buffer {
    const page = this.#file.subarray((number - 1) * this.#pageBytes, number * this.#pageBytes)
    if (number < 1 || page.length < this.#usableBytes) throw broken()
    return page
  }

  #row(page: Buffer, at: number): readonly Value[] {
    const [bytes, afterBytes] = varint(page, at)
    const [, start] = varint(page, afterBytes)
    return valuesOf(this.#payload(page, start, bytes))
  }

  /** What does not fit into the page goes on in others. */
  #payload(page: Buffer, start: number, bytes: number): Buffer {
    const most = this.#usableBytes - 35
    if (bytes > this.#file.length) throw broken()
    if (bytes <= most) return exactly(page, start, bytes)
    const least = Math.floor(((this.#usableBytes - 12) * 32) / 255) - 23
    const fitting = least + ((bytes - least) % (this.#usableBytes - 4))
    const local = fitting <= most ? fitting : least
    const parts = [exactly(page, start, local)]
    let [missing, next] = [bytes - local, uint32(page, start + local)]
    while (missing > 0) {
      const overflow = this.#page(next)
      const part = exactly(overflow, 4, Math.min(missing, this.#usableBytes - 4))
      parts.push(part)
      missing -= part.length
      next = uint32(overflow, 0)
    }
    return Buffer.concat(parts)
  }
}

/** Where the cells of a page are. */
const cells = (page: Buffer, pointers: number, header: number): number[] =>
  Array.from({ length: uint16(page, header + 3) }, (_, index) => uint16(page, pointers + index * 2))

const exactly = (bytes: Buffer, from: number, length: number): Buffer => {
  const part = bytes.subarray(from, from + length)
  if (part.length < length) throw broken()
  return part
}

const uint16 = (bytes: Buffer, at: number): number => exactly(bytes, at, 2).readUInt16BE()
const uint32 = (bytes: Buffer, at: number): number => exactly(bytes, at, 4).readUInt32BE()

/** Up to nine bytes, seven bits in each but the last. */
const varint = (bytes: Buffer, from: number): readonly [value: number, next: number] => {
  let value = 0
  for (let index = 0; index < 9; index += 1) {
    const byte = bytes[from + index]
    if (byte === undefined) throw broken()
    if (index === 8) return [value * 256 + byte, from + 9]
    value = value * 128 + (byte & 0x7f)
    if (byte < 0x80) return [value, from + index + 1]
  }
  throw broken()
}

/** Bytes of integers, by their type. */
const INTEGER_BYTES = [0, 1, 2, 3, 4, 6, 8, 8, 0, 0]
const FLOAT = 7

const valuesOf = (record: Buffer): readonly Value[] => {
  const [headerBytes, first] = varint(record, 0)
  const values: Value[] = []
  let content = headerBytes
  for (let at = first; at < headerBytes;) {
    const [type, next] = varint(record, at)
    const [value, bytes] = valueOf(record, content, type)
    values.push(value)
    content += bytes
    at = next
  }
  return values
}

const valueOf = (record: Buffer, at: number, type: number): readonly [value: Value, bytes: number] => {
  if (type >= 12) {
    const bytes = (type - (type % 2 === 0 ? 12 : 13)) / 2
    const content = exactly(record, at, bytes)
    return [type % 2 === 0 ? content : content.toString('utf8'), bytes]
  }
  const bytes = INTEGER_BYTES[type] ?? 0
  if (type === 0 || type === FLOAT || type > 9) return [null, bytes]
  if (type === 8 || type === 9) return [type - 8, 0]
  return [
    bytes === 8 ? Number(exactly(record, at, 8).readBigInt64BE()) : exactly(record, at, bytes).readIntBE(0, bytes),
    bytes,
  ]
}
