/** Numbers in few bytes: signed whole numbers of up to 53 bits, small ones in one byte. */

/** Bytes that the largest number takes. */
export const LONGEST_NUMBER = 8

/** Appends to a buffer that grows. */
export class ColumnWriter {
  #bytes = Buffer.allocUnsafe(4096)
  #size = 0

  /** The numbers as differences, each to the one before it. */
  differences(column: ArrayLike<number>): void {
    this.#reserve(column.length)
    let before = 0
    for (let index = 0; index < column.length; index++) {
      const value = column[index]!
      this.#write(value - before)
      before = value
    }
  }

  number(value: number): void {
    this.#reserve(1)
    this.#write(value)
  }

  /** What was written so far. */
  result(): Buffer {
    return this.#bytes.subarray(0, this.#size)
  }

  /** Zigzag: the sign is the lowest bit. Arithmetic instead of shifts, which know 32 bits. */
  #write(value: number): void {
    let rest = value < 0 ? -2 * value - 1 : 2 * value
    while (rest >= 0x80) {
      this.#bytes[this.#size++] = (rest % 0x80) | 0x80
      rest = Math.floor(rest / 0x80)
    }
    this.#bytes[this.#size++] = rest
  }

  #reserve(numbers: number): void {
    const needed = this.#size + numbers * LONGEST_NUMBER
    if (needed <= this.#bytes.length) return
    const larger = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2))
    this.#bytes.copy(larger, 0, 0, this.#size)
    this.#bytes = larger
  }
}

export class ColumnReader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** Fills the column with what `differences` was given. */
  differences<Column extends Float64Array | Uint32Array>(column: Column): Column {
    let value = 0
    for (let index = 0; index < column.length; index++) column[index] = value += this.number()
    return column
  }

  number(): number {
    const bytes = this.#bytes
    let byte = bytes[this.#at++]!
    if (byte < 0x80) return byte & 1 ? -((byte + 1) / 2) : byte / 2
    let [value, scale] = [byte & 0x7f, 0x80]
    do {
      byte = bytes[this.#at++] ?? 0
      value += (byte & 0x7f) * scale
      scale *= 0x80
    } while (byte >= 0x80)
    return value % 2 === 1 ? -((value + 1) / 2) : value / 2
  }
}
