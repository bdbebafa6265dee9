/** Walks the events of one run that a query wants, in the query's direction. */
import { indexFrom, type LogRun, positionAt } from './log-run.ts'
import type { LogPosition, LogQuery } from './log-store.ts'
import { TextSearch } from './text-search.ts'

/** Positions that a query wants: from the first, and before the second. */
export interface PositionRange {
  readonly low: LogPosition
  readonly high: LogPosition
}

export const rangeOf = ({ from, to, beyond, direction }: LogQuery): PositionRange => {
  const low = { timestamp: from ?? Number.NEGATIVE_INFINITY, sequence: 0 }
  const high = { timestamp: to ?? Number.POSITIVE_INFINITY, sequence: 0 }
  if (beyond === undefined) return { low, high }
  if (direction === 'backward') return { low, high: isBefore(beyond, high) ? beyond : high }
  const after = { timestamp: beyond.timestamp, sequence: beyond.sequence + 1 }
  return { low: isBefore(low, after) ? after : low, high }
}

const isBefore = (one: LogPosition, other: LogPosition): boolean =>
  one.timestamp < other.timestamp || (one.timestamp === other.timestamp && one.sequence < other.sequence)

/** How many events of a run are in the range. */
export const sizeWithin = (run: LogRun, { low, high }: PositionRange): number =>
  indexFrom(run, high) - indexFrom(run, low)

export class RunCursor {
  readonly run: LogRun
  readonly #low: number
  readonly #high: number
  readonly #step: 1 | -1
  readonly #search: TextSearch | undefined
  readonly #sequences: LogQuery['sequences']
  #index: number

  constructor(run: LogRun, { low, high }: PositionRange, { direction, containing = [], sequences }: LogQuery) {
    this.run = run
    this.#low = indexFrom(run, low)
    this.#high = indexFrom(run, high)
    this.#step = direction === 'forward' ? 1 : -1
    this.#search = containing.length === 0 ? undefined : new TextSearch(run, containing, direction)
    this.#sequences = sequences
    this.#index = this.#step === 1 ? this.#low : this.#high - 1
    this.#skip()
  }

  get isDone(): boolean {
    return this.#index < this.#low || this.#index >= this.#high
  }

  /** Events of the query's time, whether or not it wants them. */
  get size(): number {
    return this.#high - this.#low
  }

  get index(): number {
    return this.#index
  }

  get position(): LogPosition {
    return positionAt(this.run, this.#index)
  }

  next(): void {
    this.#index += this.#step
    this.#skip()
  }

  /** On to an event that is wanted, from the present one. */
  #skip(): void {
    this.#skipToMatch()
    while (!this.isDone && !this.#isOfSequences()) {
      this.#index += this.#step
      this.#skipToMatch()
    }
  }

  #isOfSequences(): boolean {
    if (this.#sequences === undefined) return true
    const sequence = this.run.sequences[this.#index]!
    return sequence > this.#sequences.after && sequence <= this.#sequences.upTo
  }

  /** On to an event that has what is looked for, from the present one. */
  #skipToMatch(): void {
    if (this.#search !== undefined && !this.isDone) this.#index = this.#search.from(this.#index)
  }
}
