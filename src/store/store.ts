/**
 * State: typed tables in memory, changed by synchronous transactions on one thread, made durable in groups by a journal.
 *
 * A transaction's writes are in memory at once and roll back if it throws. Its change-set joins the group that the journal writes
 * next: whatever arrives while a group is being written is the next group. The promise of `transact` settles when the revision
 * that the transaction saw is durable, so an answer never speaks of what a power cut could undo, reads and refusals included.
 * Watchers hear of change-sets in revision order, after they are durable. If the journal fails, nothing more is accepted.
 */
import { assert } from '../kit/assert.ts'
import { type Journal, type JournalEntry, JournalError } from './journal/journal.ts'
import { type RowChange, Sharing, Table } from './table.ts'
import { type AnyTable, type ReadTables, type TableName, tableDefinitions, type Transaction } from './tables.ts'

export interface ChangeSet {
  readonly revision: number
  readonly changes: readonly RowChange[]
}

export type ChangeListener = (changeSet: ChangeSet) => void

interface Waiter {
  readonly revision: number
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

export class Store {
  readonly #journal: Journal
  readonly #tables = new Map<string, AnyTable>()
  readonly #view: Transaction
  readonly #derived: ChangeListener[] = []
  readonly #watchers = new Set<{ readonly tables: ReadonlySet<string>; readonly listener: ChangeListener }>()
  readonly #waiters: Waiter[] = []
  /** What the running transaction has written, while its work runs. */
  #open: RowChange[] | undefined
  /** A transaction runs, or what it wrote is being passed to the derived listeners. */
  #busy = false
  #pending: ChangeSet[] = []
  #revision = 0
  #durableRevision = 0
  #flushing = false
  #failure: JournalError | undefined
  #failed = false
  #closed: Promise<void> | undefined
  readonly #onFailure: (error: JournalError) => void
  readonly #onWatcherError: (error: unknown) => void

  private constructor(
    journal: Journal,
    onFailure: (error: JournalError) => void,
    onWatcherError: (error: unknown) => void,
  ) {
    this.#journal = journal
    this.#onFailure = onFailure
    this.#onWatcherError = onWatcherError
    const record = (change: RowChange): void => {
      assert(this.#open, `${change.table} written outside a transaction`)
      this.#open.push(change)
    }
    for (const definition of Object.values(tableDefinitions)) {
      this.#tables.set(definition.name, new Table(definition as never, record) as AnyTable)
    }
    this.#view = Object.fromEntries(this.#tables) as unknown as Transaction
  }

  /**
   * Loads all rows. `onFailure` is called once, when the store can keep nothing any more: the process should end. A watcher that
   * throws is a bug that neither the store nor the other watchers suffer from; unless told otherwise it ends up as an uncaught error.
   */
  static async open(
    journal: Journal,
    onFailure: (error: JournalError) => void,
    onWatcherError: (error: unknown) => void = throwLater,
  ): Promise<Store> {
    const store = new Store(journal, onFailure, onWatcherError)
    await store.#load()
    return store
  }

  /** The tables to read. What a running transaction wrote is visible only inside it, because nothing else runs meanwhile. */
  get tables(): ReadTables {
    return this.#view
  }

  /** Number of the last transaction that wrote. */
  get revision(): number {
    return this.#revision
  }

  get durableRevision(): number {
    return this.#durableRevision
  }

  /** Why the store takes no more transactions, if so. */
  get failure(): JournalError | undefined {
    return this.#failure
  }

  /**
   * Runs `work`, all or nothing; `work` must not be asynchronous. Resolves with its value once everything it saw is durable;
   * rejects, likewise, with what it threw; or with `JournalError` if that could not be kept. Throws if a transaction runs already.
   */
  transact<T>(work: (tx: Transaction) => T): Promise<T> {
    assert(!this.#busy, 'a transaction was started inside another')
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    let value: T
    try {
      value = this.#run(work)
    } catch (error) {
      return this.durable().then(() => {
        throw error
      })
    }
    return this.durable().then(() => value)
  }

  /** Resolves when everything written so far is durable. */
  durable(): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    if (this.#durableRevision >= this.#revision) return Promise.resolve()
    return new Promise((resolve, reject) => this.#waiters.push({ revision: this.#revision, resolve, reject }))
  }

  /**
   * Keeps something computed from the rows up to date: `listener` is called for all present rows now, and for every commit as part
   * of it, before it is durable. It must not throw, write, or let anything out of the process.
   */
  derive(tables: readonly TableName[], listener: ChangeListener): void {
    const names = new Set<string>(tables)
    const present: RowChange[] = []
    for (const name of tables) {
      const table = this.#tables.get(name)
      assert(table, `no table ${name}`)
      for (const row of table.rows())
        present.push({ table: name, key: table.definition.key(row), before: undefined, after: row })
    }
    if (present.length > 0) listener({ revision: this.#revision, changes: present })
    this.#derived.push((changeSet) => {
      const changes = changeSet.changes.filter(({ table }) => names.has(table))
      if (changes.length > 0) listener({ revision: changeSet.revision, changes })
    })
  }

  /** Calls `listener` with every durable change-set that touches one of the tables. Returns a function that ends it. */
  watch(tables: readonly TableName[], listener: ChangeListener): () => void {
    const watcher = { tables: new Set<string>(tables), listener }
    this.#watchers.add(watcher)
    return () => void this.#watchers.delete(watcher)
  }

  /** Takes no more transactions, makes everything durable, then closes the journal. */
  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    const written = this.#failure === undefined ? this.durable() : undefined
    this.#failure ??= new JournalError('The store is closed.')
    try {
      await written
    } finally {
      await this.#journal.close()
    }
  }

  async #load(): Promise<void> {
    const shared = new Sharing()
    await this.#journal.load((tableName, key, text) => {
      const table = this.#tables.get(tableName)
      if (table === undefined)
        throw new JournalError(`The data directory holds a table "${tableName}" that this version does not know.`)
      const row = parseRow(tableName, key, text)
      table.definition.share?.(row, shared)
      table.apply(key, undefined, Object.freeze(row))
    })
  }

  #run<T>(work: (tx: Transaction) => T): T {
    const changes: RowChange[] = []
    this.#open = changes
    this.#busy = true
    try {
      const value = this.#attempt(work, changes)
      if (changes.length > 0) this.#commit(changes)
      return value
    } finally {
      this.#busy = false
    }
  }

  /** Runs `work` and takes back what it wrote if it throws. */
  #attempt<T>(work: (tx: Transaction) => T, changes: readonly RowChange[]): T {
    try {
      const value = work(this.#view)
      assert(!(value instanceof Promise), 'a transaction must not be asynchronous')
      return value
    } catch (error) {
      for (const { table, key, before, after } of changes.toReversed())
        this.#tables.get(table)?.apply(key, after, before)
      throw error
    } finally {
      this.#open = undefined
    }
  }

  #commit(changes: readonly RowChange[]): void {
    const changeSet = { revision: ++this.#revision, changes }
    this.#pending.push(changeSet)
    if (!this.#flushing) {
      this.#flushing = true
      setImmediate(() => void this.#flush())
    }
    try {
      for (const listener of this.#derived) listener(changeSet)
    } catch (error) {
      this.#fail(
        new JournalError(`The server lost track of its own state and must be started again (${messageOf(error)}).`),
      )
      throw error
    }
  }

  async #flush(): Promise<void> {
    while (this.#pending.length > 0) {
      const group = this.#pending
      this.#pending = []
      try {
        const written = this.#journal.append(encodeGroup(group))
        if (written !== undefined) await written
      } catch (error) {
        this.#fail(error instanceof JournalError ? error : new JournalError(messageOf(error)))
        return
      }
      this.#settle(group)
    }
    this.#flushing = false
  }

  #settle(group: readonly ChangeSet[]): void {
    this.#durableRevision = group.at(-1)?.revision ?? this.#durableRevision
    let settled = 0
    while (settled < this.#waiters.length && this.#waiters[settled]!.revision <= this.#durableRevision)
      this.#waiters[settled++]!.resolve()
    this.#waiters.splice(0, settled)
    for (const changeSet of group) this.#announce(changeSet)
  }

  #announce(changeSet: ChangeSet): void {
    for (const { tables, listener } of this.#watchers) {
      if (!changeSet.changes.some(({ table }) => tables.has(table))) continue
      try {
        listener(changeSet)
      } catch (error) {
        this.#onWatcherError(error)
      }
    }
  }

  /** Ends the taking of transactions. The first failure stays. */
  #fail(error: JournalError): void {
    if (this.#failed) return
    this.#failed = true
    this.#failure = error
    for (const waiter of this.#waiters.splice(0)) waiter.reject(error)
    this.#onFailure(error)
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Reports an error as uncaught without interrupting what runs now. */
const throwLater = (error: unknown): void => {
  setImmediate(() => {
    throw error
  })
}

const parseRow = (table: string, key: string, text: string): object => {
  try {
    return JSON.parse(text) as object
  } catch (error) {
    throw new JournalError(
      `The row "${key}" of table "${table}" is damaged (${messageOf(error)}): restore the data directory from a backup.`,
    )
  }
}

/** The last state of each row that a group touches. */
const encodeGroup = (group: readonly ChangeSet[]): JournalEntry[] => {
  const last = new Map<string, RowChange>()
  for (const { changes } of group) for (const change of changes) last.set(`${change.table}\0${change.key}`, change)
  return Array.from(last.values(), ({ table, key, after }) => ({ table, key, row: after && JSON.stringify(after) }))
}
