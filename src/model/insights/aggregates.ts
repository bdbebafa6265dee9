/** Functions of `stats`: of all the rows of a group. */
import { keyOf } from './evaluate.ts'
import { DistinctCount, Percentiles } from './sketches.ts'
import { naturalOrder, numberOf, order, type Value, weightOf } from './value.ts'

export interface Aggregate {
  /** Takes the arguments' values in one row, and the time of its event. */
  add(given: readonly Value[], timestamp: number): void
  readonly value: Value
  /** Characters that it keeps in memory, about. */
  readonly weight: number
}

export interface AggregateKind {
  readonly least: number
  readonly most: number
  readonly create: () => Aggregate
}

/** What an aggregate of a few numbers keeps. */
const NUMBERS_WEIGHT = 32

class Count implements Aggregate {
  readonly weight = NUMBERS_WEIGHT
  value = 0

  add(given: readonly Value[]): void {
    if (given.length === 0 || given[0] !== undefined) this.value++
  }
}

class Distinct implements Aggregate {
  readonly #count = new DistinctCount()

  add([value]: readonly Value[]): void {
    if (value !== undefined) this.#count.add(keyOf([value]))
  }

  get value(): Value {
    return this.#count.count
  }

  get weight(): number {
    return NUMBERS_WEIGHT + this.#count.weight
  }
}

/** Sum, mean and deviation (Welford). Rows without a number do not count. */
class Moments implements Aggregate {
  readonly #result: (moments: Moments) => Value
  readonly weight = NUMBERS_WEIGHT
  count = 0
  sum = 0
  mean = 0
  squares = 0

  constructor(result: (moments: Moments) => Value) {
    this.#result = result
  }

  add([value]: readonly Value[]): void {
    const number = numberOf(value)
    if (Number.isNaN(number)) return
    this.count++
    this.sum += number
    const difference = number - this.mean
    this.mean += difference / this.count
    this.squares += difference * (number - this.mean)
  }

  get value(): Value {
    return this.count === 0 ? undefined : this.#result(this)
  }
}

/** The value that an order puts first. */
class First implements Aggregate {
  readonly #isBefore: (one: Value, other: Value) => boolean
  value: Value

  constructor(isBefore: (one: Value, other: Value) => boolean) {
    this.#isBefore = isBefore
  }

  add([value]: readonly Value[]): void {
    if (value !== undefined && (this.value === undefined || this.#isBefore(value, this.value))) this.value = value
  }

  get weight(): number {
    return NUMBERS_WEIGHT + weightOf(this.value)
  }
}

/** The value of the event that comes first by its time, or last. */
class ByTime implements Aggregate {
  readonly #sign: number
  #timestamp: number | undefined
  value: Value

  constructor(sign: 1 | -1) {
    this.#sign = sign
  }

  add([value]: readonly Value[], timestamp: number): void {
    if (value === undefined || (this.#timestamp !== undefined && (timestamp - this.#timestamp) * this.#sign >= 0))
      return
    this.#timestamp = timestamp
    this.value = value
  }

  get weight(): number {
    return NUMBERS_WEIGHT + weightOf(this.value)
  }
}

class Percentile implements Aggregate {
  readonly #values = new Percentiles()
  #percent = NaN

  add([value, percent]: readonly Value[]): void {
    const number = numberOf(value)
    if (Number.isNaN(number)) return
    this.#percent = numberOf(percent ?? 50)
    this.#values.add(number)
  }

  get value(): Value {
    return this.#values.at(this.#percent)
  }

  get weight(): number {
    return NUMBERS_WEIGHT + this.#values.weight
  }
}

const one = (create: () => Aggregate): AggregateKind => ({ least: 1, most: 1, create })
const deviation = ({ squares, count }: Moments): Value => Math.sqrt(squares / count)

/** By names in lower case. */
export const AGGREGATES: ReadonlyMap<string, AggregateKind> = new Map([
  ['count', { least: 0, most: 1, create: () => new Count() }],
  ['count_distinct', one(() => new Distinct())],
  ['sum', one(() => new Moments(({ sum }) => sum))],
  ['avg', one(() => new Moments(({ mean }) => mean))],
  ['stddev', one(() => new Moments(deviation))],
  ['min', one(() => new First((value, other) => (order(value, other) ?? 0) < 0))],
  ['max', one(() => new First((value, other) => (order(value, other) ?? 0) > 0))],
  ['pct', { least: 2, most: 2, create: () => new Percentile() }],
  ['median', one(() => new Percentile())],
  ['earliest', one(() => new ByTime(1))],
  ['latest', one(() => new ByTime(-1))],
  ['sortsfirst', one(() => new First((value, other) => naturalOrder(value, other) < 0))],
  ['sortslast', one(() => new First((value, other) => naturalOrder(value, other) > 0))],
])
