/** Walks the events of one run that a query wants, in the query's direction. */
import { indexAtOffset, indexFrom, type LogRun, positionAt, runSize } from './log-run.ts'
import type { LogPosition, LogQuery } from './log-store.ts'

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

export class RunCursor {
  readonly run: LogRun
  readonly #low: number
  readonly #high: number
  readonly #step: 1 | -1
  readonly #contains: Buffer | undefined
  readonly #sequences: LogQuery['sequences']
  #index: number

  constructor(run: LogRun, { low, high }: PositionRange, { direction, contains, sequences }: LogQuery) {
    this.run = run
    this.#low = indexFrom(run, low)
    this.#high = indexFrom(run, high)
    this.#step = direction === 'forward' ? 1 : -1
    this.#contains = contains
    this.#sequences = sequences
    this.#index = this.#step === 1 ? this.#low : this.#high - 1
    this.#skip()
  }

  get isDone(): boolean {
    return this.#index < this.#low || this.#index >= this.#high
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
    if (this.#contains === undefined || this.isDone) return
    this.#index = this.#step === 1 ? this.#nextMatch(this.#contains) : this.#previousMatch(this.#contains)
  }

  #nextMatch(needle: Buffer): number {
    const { offsets, text } = this.run
    for (let from = offsets[this.#index]!; ; from++) {
      from = text.indexOf(needle, from)
      if (from === -1) return runSize(this.run)
      const index = indexAtOffset(this.run, from)
      if (this.#isWithin(index, from, needle)) return index
    }
  }

  #previousMatch(needle: Buffer): number {
    const { offsets, text } = this.run
    for (let from = offsets[this.#index + 1]! - 1 - needle.length; from >= 0; from--) {
      from = text.lastIndexOf(needle, from)
      if (from === -1) return -1
      const index = indexAtOffset(this.run, from)
      if (this.#isWithin(index, from, needle)) return index
    }
    return -1
  }

  /** What is found must not reach into the next message. */
  #isWithin(index: number, from: number, needle: Buffer): boolean {
    return from + needle.length < this.run.offsets[index + 1]!
  }
}
