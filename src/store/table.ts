/**
 * One typed table in memory: rows by primary key, secondary indexes, counters. Rows are frozen; an update makes a new row.
 * Reading never copies. Writing is for transactions alone (`store.ts`).
 */
import { assert } from '../kit/assert.ts'
import { SortedKeys } from './sorted-keys.ts'

/** Maps a row to its key in an index or counter; undefined leaves the row out. */
export type KeyOf<Row> = (row: Row) => string | undefined

export interface TableDefinition<Row, Index extends string = string, Counter extends string = string> {
  readonly name: string
  readonly key: (row: Row) => string
  /** Rows by another value. A row is in an index once, under the value its function gives. */
  readonly indexes: Readonly<Record<Index, KeyOf<Row>>>
  /** Indexes whose rows are kept in the order of their keys, so that a reader can go on from any key. */
  readonly sorted?: readonly Index[]
  /** How many rows have a value, without keeping which: far smaller than an index. */
  readonly counters: Readonly<Record<Counter, KeyOf<Row>>>
  /** Replaces parts of a row just loaded by shared ones that are equal: parsing gives every row copies of its own. */
  readonly share?: (row: Mutable<Row>, shared: Sharing) => void
}

/** A row that nobody else has seen yet. */
export type Mutable<Row> = { -readonly [K in keyof Row]: Row[K] }

/** One instance of each of equal values, while rows are loaded. */
export class Sharing {
  readonly #known = new Map<string, unknown>()

  text<T extends string | undefined>(text: T): T {
    return text === undefined ? text : this.#first(text, text)
  }

  /** Of a value that nobody will change. */
  value<T>(value: T): T {
    return this.#first(JSON.stringify(value), value)
  }

  #first<T>(key: string, value: T): T {
    const known = this.#known.get(key)
    if (known !== undefined) return known as T
    this.#known.set(key, value)
    return value
  }
}

export const defineTable =
  <Row extends object>() =>
  <Index extends string = never, Counter extends string = never>(definition: {
    name: string
    key: (row: Row) => string
    indexes?: Record<Index, KeyOf<Row>>
    sorted?: readonly NoInfer<Index>[]
    counters?: Record<Counter, KeyOf<Row>>
    share?: (row: Mutable<Row>, shared: Sharing) => void
  }): TableDefinition<Row, Index, Counter> => ({
    indexes: {} as Record<Index, KeyOf<Row>>,
    counters: {} as Record<Counter, KeyOf<Row>>,
    ...definition,
  })

/** One row's change. `before` is undefined for an insert, `after` for a removal. */
export interface RowChange<Row = object> {
  readonly table: string
  readonly key: string
  readonly before: Row | undefined
  readonly after: Row | undefined
}

/** The reading half of a table. */
export interface TableReader<Row, Index extends string, Counter extends string> {
  readonly size: number
  get(key: string): Row | undefined
  has(key: string): boolean
  /** All rows, in insertion order. */
  rows(): IterableIterator<Row>
  /** The rows whose index value is `value`, in insertion order; those of a sorted index in the order of their keys. */
  find(index: Index, value: string): Row[]
  /** Like `find`, without building a list. Do not write to the table while iterating. */
  iterate(index: Index, value: string): IterableIterator<Row>
  /** Like `iterate`, from the first key greater than `position`; for sorted indexes. */
  iterateAfter(index: Index, value: string, position: string): IterableIterator<Row>
  /** The keys of a sorted index's rows, without the rows. Only to look at, and only until the next write. */
  sortedKeys(index: Index, value: string): Pick<SortedKeys, 'size' | 'state' | 'first'>
  /** How many rows `find` would give. */
  findSize(index: Index, value: string): number
  count(counter: Counter, value: string): number
}

/** The writing half. Every method throws outside a transaction. */
export interface TableWriter<Row, Index extends string, Counter extends string> extends TableReader<
  Row,
  Index,
  Counter
> {
  /** Adds a row; its key must be new. */
  insert(row: Row): Row
  /** Replaces the row of that key by a copy with `patch` laid over it; a member patched to undefined is removed. */
  update(key: string, patch: { [K in keyof Row]?: Row[K] | undefined }): Row
  /** Inserts or replaces a whole row. */
  put(row: Row): Row
  /** Removes the row, if there is one. */
  remove(key: string): void
}

type Recorder = (change: RowChange) => void

/** Keys in the order they were added or in their own. */
type Keys = Set<string> | SortedKeys

interface IndexState<Row> {
  readonly keyOf: KeyOf<Row>
  readonly isSorted: boolean
  /** Keys of the rows by index value. */
  readonly entries: Map<string, Keys>
}

interface CounterState<Row> {
  readonly keyOf: KeyOf<Row>
  readonly entries: Map<string, number>
}

export class Table<Row extends object, Index extends string, Counter extends string> implements TableWriter<
  Row,
  Index,
  Counter
> {
  readonly definition: TableDefinition<Row, Index, Counter>
  readonly #rows = new Map<string, Row>()
  readonly #indexes = new Map<Index, IndexState<Row>>()
  readonly #counters = new Map<Counter, CounterState<Row>>()
  readonly #record: Recorder

  /** `record` hears of every write before it is done, and throws if none is allowed now. */
  constructor(definition: TableDefinition<Row, Index, Counter>, record: Recorder) {
    this.definition = definition
    this.#record = record
    for (const name of Object.keys(definition.indexes) as Index[]) {
      const isSorted = definition.sorted?.includes(name) ?? false
      this.#indexes.set(name, { keyOf: definition.indexes[name], isSorted, entries: new Map() })
    }
    for (const name of Object.keys(definition.counters) as Counter[]) {
      this.#counters.set(name, { keyOf: definition.counters[name], entries: new Map() })
    }
  }

  get size(): number {
    return this.#rows.size
  }

  get(key: string): Row | undefined {
    return this.#rows.get(key)
  }

  has(key: string): boolean {
    return this.#rows.has(key)
  }

  rows(): IterableIterator<Row> {
    return this.#rows.values()
  }

  find(index: Index, value: string): Row[] {
    return [...this.iterate(index, value)]
  }

  iterate(index: Index, value: string): IterableIterator<Row> {
    return this.#rowsOf(this.#entriesOf(index).get(value) ?? [])
  }

  iterateAfter(index: Index, value: string, position: string): IterableIterator<Row> {
    return this.#rowsOf(this.sortedKeys(index, value).after(position))
  }

  sortedKeys(index: Index, value: string): SortedKeys {
    const keys = this.#entriesOf(index).get(value) ?? new SortedKeys()
    assert(keys instanceof SortedKeys, `index ${index} of table ${this.definition.name} is not sorted`)
    return keys
  }

  findSize(index: Index, value: string): number {
    return this.#entriesOf(index).get(value)?.size ?? 0
  }

  count(counter: Counter, value: string): number {
    const found = this.#counters.get(counter)
    assert(found, `table ${this.definition.name} has no counter ${counter}`)
    return found.entries.get(value) ?? 0
  }

  insert(row: Row): Row {
    const key = this.definition.key(row)
    assert(!this.#rows.has(key), `${this.definition.name} ${key} exists already`)
    return this.put(row)
  }

  update(key: string, patch: { [K in keyof Row]?: Row[K] | undefined }): Row {
    const before = this.#rows.get(key)
    assert(before, `${this.definition.name} ${key} does not exist`)
    const after = patched(before, patch)
    assert(this.definition.key(after) === key, `${this.definition.name} ${key} would change its key`)
    return this.put(after)
  }

  put(row: Row): Row {
    const key = this.definition.key(row)
    const before = this.#rows.get(key)
    const after = Object.freeze(row)
    this.#record({ table: this.definition.name, key, before, after })
    this.apply(key, before, after)
    return after
  }

  remove(key: string): void {
    const before = this.#rows.get(key)
    if (before === undefined) return
    this.#record({ table: this.definition.name, key, before, after: undefined })
    this.apply(key, before, undefined)
  }

  /** Puts one row's new state in place, unrecorded: for the store's own loading and undoing. */
  apply(key: string, before: Row | undefined, after: Row | undefined): void {
    if (after === undefined) this.#rows.delete(key)
    else this.#rows.set(key, after)
    for (const index of this.#indexes.values()) {
      moveIndexed(index, key, before && index.keyOf(before), after && index.keyOf(after))
    }
    for (const { keyOf, entries } of this.#counters.values())
      moveCounted(entries, before && keyOf(before), after && keyOf(after))
  }

  *#rowsOf(keys: Iterable<string>): IterableIterator<Row> {
    for (const key of keys) {
      const row = this.#rows.get(key)
      if (row !== undefined) yield row
    }
  }

  #entriesOf(index: Index): Map<string, Keys> {
    const found = this.#indexes.get(index)
    assert(found, `table ${this.definition.name} has no index ${index}`)
    return found.entries
  }
}

/** `row` with `patch` laid over it. Removing with `delete` would make the row a slow, large object. */
const patched = <Row extends object>(row: Row, patch: { [K in keyof Row]?: Row[K] | undefined }): Row => {
  const after = { ...row, ...patch } as Row
  if (!Object.values(patch).includes(undefined)) return after
  return Object.fromEntries(Object.entries(after).filter(([, value]) => value !== undefined)) as Row
}

const moveIndexed = (
  { entries, isSorted }: Pick<IndexState<never>, 'entries' | 'isSorted'>,
  key: string,
  from: string | undefined,
  to: string | undefined,
): void => {
  if (from === to) return
  if (from !== undefined) {
    const keys = entries.get(from)
    keys?.delete(key)
    if (keys?.size === 0) entries.delete(from)
  }
  if (to === undefined) return
  let keys = entries.get(to)
  if (keys === undefined) entries.set(to, (keys = isSorted ? new SortedKeys() : new Set()))
  keys.add(key)
}

const moveCounted = (entries: Map<string, number>, from: string | undefined, to: string | undefined): void => {
  if (from === to) return
  if (from !== undefined) {
    const left = (entries.get(from) ?? 0) - 1
    if (left === 0) entries.delete(from)
    else entries.set(from, left)
  }
  if (to !== undefined) entries.set(to, (entries.get(to) ?? 0) + 1)
}
