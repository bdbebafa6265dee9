/** Counts and percentiles of very many values in little memory: exact for few, close for many. */

const EXACT_VALUES = 1000
const NUMBER_WEIGHT = 8

/** How many different texts there were; beyond a thousand within about two percent (HyperLogLog). */
export class DistinctCount {
  #values: Set<string> | undefined = new Set()
  #registers: Uint8Array | undefined
  /** Characters that are kept in memory, about. */
  weight = 0

  add(value: string): void {
    if (this.#values === undefined) return this.#register(value)
    if (!this.#values.has(value)) this.weight += value.length
    this.#values.add(value)
    if (this.#values.size <= EXACT_VALUES) return
    const values = this.#values
    this.#values = undefined
    this.#registers = new Uint8Array(2 ** INDEX_BITS)
    this.weight = this.#registers.length
    for (const one of values) this.#register(one)
  }

  get count(): number {
    return this.#values?.size ?? estimate(this.#registers!)
  }

  #register(value: string): void {
    const hash = hashOf(value)
    const index = hash >>> (32 - INDEX_BITS)
    const rank = Math.min(Math.clz32(hash << INDEX_BITS), 32 - INDEX_BITS) + 1
    if (rank > this.#registers![index]!) this.#registers![index] = rank
  }
}

const INDEX_BITS = 12

const estimate = (registers: Uint8Array): number => {
  const size = registers.length
  const sum = registers.reduce((total, rank) => total + 2 ** -rank, 0)
  const raw = ((0.7213 / (1 + 1.079 / size)) * size * size) / sum
  const empty = registers.filter((rank) => rank === 0).length
  return Math.round(raw <= 2.5 * size && empty > 0 ? size * Math.log(size / empty) : raw)
}

/** FNV-1a, with its bits mixed once more. */
const hashOf = (text: string): number => {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** Percentiles; beyond a thousand values within half a percent of the value (as DDSketch does it). */
export class Percentiles {
  #values: number[] | undefined = []
  readonly #buckets = new Map<number, number>()
  #count = 0

  /** Characters that are kept in memory, about. */
  get weight(): number {
    return NUMBER_WEIGHT * (this.#values?.length ?? this.#buckets.size)
  }

  add(value: number): void {
    this.#count++
    if (this.#values === undefined) return this.#put(value)
    this.#values.push(value)
    if (this.#values.length <= EXACT_VALUES) return
    const values = this.#values
    this.#values = undefined
    for (const one of values) this.#put(one)
  }

  /** The least value that so many percent of all are not above. */
  at(percent: number): number | undefined {
    if (this.#count === 0) return undefined
    const rank = Math.min(Math.max(Math.ceil((percent / 100) * this.#count), 1), this.#count)
    if (this.#values !== undefined) return this.#values.toSorted((one, other) => one - other)[rank - 1]
    let seen = 0
    for (const [bucket, count] of [...this.#buckets].toSorted(([one], [other]) => one - other)) {
      seen += count
      if (seen >= rank) return middleOf(bucket)
    }
    return undefined
  }

  #put(value: number): void {
    const bucket = bucketOf(value)
    this.#buckets.set(bucket, (this.#buckets.get(bucket) ?? 0) + 1)
  }
}

const GROWTH = 1.01
const LOG_GROWTH = Math.log(GROWTH)
/** Values nearer to zero are zero. */
const SMALLEST = 1e-9
const FIRST_BUCKET = Math.floor(Math.log(SMALLEST) / LOG_GROWTH) - 1

const bucketOf = (value: number): number => {
  const size = Math.abs(value)
  if (size < SMALLEST) return 0
  return Math.sign(value) * (Math.ceil(Math.log(size) / LOG_GROWTH) - FIRST_BUCKET)
}

const middleOf = (bucket: number): number => {
  if (bucket === 0) return 0
  return Math.sign(bucket) * GROWTH ** (Math.abs(bucket) + FIRST_BUCKET - 0.5)
}
