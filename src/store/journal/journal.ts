/** What the store needs of a journal: load everything once, then make groups of change-sets durable, in order. */

/** A row as the journal keeps it: JSON text by table and key; `undefined` text removes the row. */
export interface JournalEntry {
  readonly table: string
  readonly key: string
  readonly row: string | undefined
}

export interface Journal {
  /** Every row ever kept, table by table in any order; called once, before the first append. */
  load(visit: (table: string, key: string, row: string) => void): void | Promise<void>
  /**
   * Makes the entries durable, all or none, in one SQL transaction. Later entries of the same key win. When this returns (or its
   * promise resolves), a power cut cannot undo it. Throws `JournalError` if it cannot; the store then takes no more writes.
   */
  append(entries: readonly JournalEntry[]): void | Promise<void>
  close(): void | Promise<void>
}

/** The journal cannot read or write. `message` is one sentence for the operator. */
export class JournalError extends Error {
  override readonly name = 'JournalError'
}

/** Keeps rows in memory only: for tests and the simulation. */
export class MemoryJournal implements Journal {
  readonly rows = new Map<string, JournalEntry>()

  load(visit: (table: string, key: string, row: string) => void): void {
    for (const { table, key, row } of this.rows.values()) if (row !== undefined) visit(table, key, row)
  }

  append(entries: readonly JournalEntry[]): void {
    for (const entry of entries) {
      const id = `${entry.table}\0${entry.key}`
      if (entry.row === undefined) this.rows.delete(id)
      else this.rows.set(id, entry)
    }
  }

  close(): void {}
}
