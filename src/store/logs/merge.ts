/**
 * The events of many runs in one order, however their times overlap. What is on disk is read only when its turn comes, and a little ahead
 * of it; of runs that follow each other, one after the other is in memory.
 */
import { defined } from '../../kit/assert.ts'
import { Heap } from '../../kit/heap.ts'
import { eventAt, type LogRun } from './log-run.ts'
import { comparePositions, type LogEvent, type LogPosition, type LogQuery } from './log-store.ts'
import { rangeOf, RunCursor } from './run-cursor.ts'

export interface RunSource {
  /** No event of it comes before this position, in the direction of the query. */
  readonly bound: LogPosition
  readonly load: () => Promise<Loaded>
}

export interface Loaded {
  readonly runs?: readonly LogRun[]
  /** What turns out to be behind the source; their bounds are not before its own. */
  readonly sources?: readonly RunSource[]
}

/** Sources that are loaded before they are needed. */
const AHEAD = 4
/** Events in one list. */
const LIST_EVENTS = 512

export async function* mergeSources(
  sources: readonly RunSource[],
  query: LogQuery,
): AsyncGenerator<readonly LogEvent[], void, void> {
  const merge = new Merge(sources, query)
  try {
    for (let list = await merge.next(); list.length > 0; list = await merge.next()) yield list
  } finally {
    await merge.settle()
  }
}

class Merge {
  readonly #query: LogQuery
  /** Of positions in the direction of the query. */
  readonly #compare: (one: LogPosition, other: LogPosition) => number
  /** Those that are not loaded yet, the next one last. */
  #waiting: RunSource[]
  readonly #loading = new Map<RunSource, Promise<Loaded>>()
  readonly #cursors: Heap<RunCursor>

  constructor(sources: readonly RunSource[], query: LogQuery) {
    const sign = query.direction === 'forward' ? 1 : -1
    this.#query = query
    this.#compare = (one, other) => comparePositions(one, other) * sign
    this.#waiting = this.#sorted(sources)
    this.#cursors = new Heap((one, other) => this.#compare(one.position, other.position) < 0)
  }

  /** Some events; none if there are no more. */
  async next(): Promise<readonly LogEvent[]> {
    const events: LogEvent[] = []
    while (events.length < LIST_EVENTS) {
      await this.#loadDue()
      const cursor = this.#cursors.first
      if (cursor === undefined) break
      this.#cursors.removeFirst()
      this.#take(cursor, events)
      if (!cursor.isDone) this.#cursors.add(cursor)
    }
    return events
  }

  /** Waits for what was begun and is not needed any more. */
  async settle(): Promise<void> {
    await Promise.allSettled(this.#loading.values())
  }

  /** The events of one run, as long as no other run comes first. */
  #take(cursor: RunCursor, events: LogEvent[]): void {
    const rival = this.#cursors.first?.position
    const bound = this.#waiting.at(-1)?.bound
    do {
      events.push(eventAt(cursor.run, cursor.index))
      cursor.next()
    } while (
      !cursor.isDone &&
      events.length < LIST_EVENTS &&
      (rival === undefined || this.#compare(cursor.position, rival) < 0) &&
      (bound === undefined || this.#compare(cursor.position, bound) < 0)
    )
  }

  /** Loads every source that may have the next event. */
  async #loadDue(): Promise<void> {
    for (let source = this.#waiting.at(-1); source !== undefined; source = this.#waiting.at(-1)) {
      const first = this.#cursors.first
      if (first !== undefined && this.#compare(first.position, source.bound) < 0) return
      const { runs = [], sources = [] } = await this.#load(source)
      this.#loading.delete(source)
      this.#waiting.pop()
      if (sources.length > 0) this.#waiting = this.#sorted([...this.#waiting, ...sources])
      for (const run of runs) {
        const cursor = new RunCursor(run, rangeOf(this.#query), this.#query)
        if (!cursor.isDone) this.#cursors.add(cursor)
      }
    }
  }

  #load(wanted: RunSource): Promise<Loaded> {
    for (const source of this.#waiting.slice(-AHEAD))
      if (!this.#loading.has(source)) this.#loading.set(source, source.load())
    return defined(this.#loading.get(wanted), 'what loads')
  }

  #sorted(sources: readonly RunSource[]): RunSource[] {
    return sources.toSorted((one, other) => this.#compare(other.bound, one.bound))
  }
}
