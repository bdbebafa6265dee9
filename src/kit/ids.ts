/** Identifiers and randomness as a value, so that a seed can reproduce a run. */
import { randomFillSync } from 'node:crypto'

export interface Ids {
  /** 32 lower-case hexadecimal digits: the long form of ECS's task and container instance ids. */
  hex32(): string
  /**
   * Like `hex32`, but beginning with a time, so that what comes into being together stands together: keys in this order cost a sorted
   * index and a database on disk a fraction of what random ones cost.
   */
  orderedHex32(nowMs: number): string
  /** An RFC 9562 version 4 UUID. */
  uuid(): string
  /** A number in [0, 1). */
  random(): number
}

const DECIMAL_FLOOR = 10n ** 18n

/** 19 decimal digits, the first of which is not zero: the ids of ECS's service revisions and deployments. */
export const decimal19 = (ids: Ids): string =>
  (DECIMAL_FLOOR + (BigInt(`0x${ids.hex32()}`) % (9n * DECIMAL_FLOOR))).toString()

const formatUuid = (hex: string): string => {
  const variant = ((Number.parseInt(hex[16] ?? '0', 16) & 0x3) | 0x8).toString(16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`
}

/** Digits of milliseconds since the epoch, good for nine thousand years. */
const TIME_BYTES = 6
const POOL_BYTES = 4096
const ID_BYTES = 16

/** Ids from the system's cryptographic generator, drawn in blocks: one system call serves 256 ids. */
export class SystemIds implements Ids {
  readonly #pool = Buffer.alloc(POOL_BYTES)
  #offset = POOL_BYTES

  hex32(): string {
    const offset = this.#draw()
    return this.#pool.toString('hex', offset, offset + ID_BYTES)
  }

  orderedHex32(nowMs: number): string {
    const offset = this.#draw()
    this.#pool.writeUIntBE(nowMs, offset, TIME_BYTES)
    return this.#pool.toString('hex', offset, offset + ID_BYTES)
  }

  uuid(): string {
    return formatUuid(this.hex32())
  }

  random(): number {
    return Number.parseInt(this.hex32().slice(0, 13), 16) / 2 ** 52
  }

  /** Where the next unused random bytes of the pool begin. */
  #draw(): number {
    if (this.#offset === POOL_BYTES) {
      randomFillSync(this.#pool)
      this.#offset = 0
    }
    this.#offset += ID_BYTES
    return this.#offset - ID_BYTES
  }
}

/** Ids that a seed determines (splitmix32). For tests and the simulation; not for secrets. */
export class SeededIds implements Ids {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  #next(): number {
    this.#state = (this.#state + 0x9e3779b9) >>> 0
    let mixed = this.#state
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad)
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
    return (mixed ^ (mixed >>> 15)) >>> 0
  }

  hex32(): string {
    let text = ''
    for (let part = 0; part < 4; part++) text += this.#next().toString(16).padStart(8, '0')
    return text
  }

  orderedHex32(nowMs: number): string {
    return nowMs.toString(16).padStart(TIME_BYTES * 2, '0') + this.hex32().slice(TIME_BYTES * 2)
  }

  uuid(): string {
    return formatUuid(this.hex32())
  }

  random(): number {
    return this.#next() / 2 ** 32
  }
}
