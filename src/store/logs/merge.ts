/**
 * The events of many runs in one order, however their times overlap. What is on disk is read only when its turn comes, and a little ahead
 * of it; of runs that follow each other, one after the other is in memory.
 */
import { defined } from '../../kit/assert.ts'
import { Heap } from '../../kit/heap.ts'
import { eventAt, type LogRun } from './log-run.ts'
import { comparePositions, type LogEvent, type LogPosition, type LogQuery, type LogSearchStep } from './log-store.ts'
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
  /** Of messages, that were looked through. */
  readonly bytes?: number
  /** Events that were looked through, beside those of the runs. */
  readonly records?: number
}

/** Sources that are loaded before they are needed. */
const AHEAD = 4
/** Events in one step. */
const STEP_EVENTS = 512
/** Bytes that one step looks through. */
const STEP_BYTES = 4 * 1024 * 1024

export async function* mergeSources(
  sources: readonly RunSource[],
  query: LogQuery,
): AsyncGenerator<LogSearchStep, void, void> {
  const merge = new Merge(sources, query)
  try {
    let step: LogSearchStep
    do yield (step = await merge.next())
    while (step.next !== undefined)
  } finally {
    await merge.settle()
  }
}

export async function* eventsOf(
  steps: AsyncGenerator<LogSearchStep, void, void>,
): AsyncGenerator<readonly LogEvent[], void, void> {
  for await (const { events } of steps) if (events.length > 0) yield events
}

class Merge {
  readonly #query: LogQuery
  readonly #sign: 1 | -1
  /** Of positions in the direction of the query. */
  readonly #compare: (one: LogPosition, other: LogPosition) => number
  /** Those that are not loaded yet, the next one last. */
  #waiting: RunSource[]
  readonly #loading = new Map<RunSource, Promise<Loaded>>()
  readonly #cursors: Heap<RunCursor>
  /** Looked through in the present step. */
  #bytes = 0
  #records = 0

  constructor(sources: readonly RunSource[], query: LogQuery) {
    const sign = query.direction === 'forward' ? 1 : -1
    this.#query = query
    this.#sign = sign
    this.#compare = (one, other) => comparePositions(one, other) * sign
    this.#waiting = this.#sorted(sources)
    this.#cursors = new Heap((one, other) => this.#compare(one.position, other.position) < 0)
  }

  async next(): Promise<LogSearchStep> {
    const events: LogEvent[] = []
    this.#bytes = 0
    this.#records = 0
    while (events.length < STEP_EVENTS && this.#bytes < STEP_BYTES) {
      if (await this.#loadDue()) continue
      const cursor = this.#cursors.first
      if (cursor === undefined) return { events, bytes: this.#bytes, records: this.#records }
      this.#cursors.removeFirst()
      this.#take(cursor, events)
      if (!cursor.isDone) this.#cursors.add(cursor)
    }
    const frontier = this.#frontier
    return { events, bytes: this.#bytes, records: this.#records, ...(frontier && { next: frontier }) }
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
      events.length < STEP_EVENTS &&
      (rival === undefined || this.#compare(cursor.position, rival) < 0) &&
      (bound === undefined || this.#compare(cursor.position, bound) < 0)
    )
  }

  /** Just before everything that is to come. */
  get #frontier(): LogPosition | undefined {
    const [first, bound] = [this.#cursors.first?.position, this.#waiting.at(-1)?.bound]
    const next = first === undefined || (bound && this.#compare(bound, first) < 0) ? bound : first
    return next && { timestamp: next.timestamp, sequence: next.sequence - this.#sign }
  }

  /** Loads the next source, if it may have the next event. */
  async #loadDue(): Promise<boolean> {
    const source = this.#waiting.at(-1)
    const first = this.#cursors.first?.position
    if (source === undefined || (first !== undefined && this.#compare(first, source.bound) < 0)) return false
    const { runs = [], sources = [], bytes = 0, records = 0 } = await this.#load(source)
    this.#loading.delete(source)
    this.#waiting.pop()
    this.#bytes += bytes
    this.#records += records
    if (sources.length > 0) this.#waiting = this.#sorted([...this.#waiting, ...sources])
    for (const run of runs) {
      const cursor = new RunCursor(run, rangeOf(this.#query), this.#query)
      this.#records += cursor.size
      if (!cursor.isDone) this.#cursors.add(cursor)
    }
    return true
  }

  #load(wanted: RunSource): Promise<Loaded> {
    for (const source of this.#waiting.slice(-AHEAD)) {
      if (this.#loading.has(source)) continue
      const loading = source.load()
      // What fails ahead of its turn is told when its turn comes, if it does.
      void Promise.allSettled([loading])
      this.#loading.set(source, loading)
    }
    return defined(this.#loading.get(wanted), 'what loads')
  }

  #sorted(sources: readonly RunSource[]): RunSource[] {
    return sources.toSorted((one, other) => this.#compare(other.bound, one.bound))
  }
}
