/**
 * The journal of a single control plane: one SQLite file in the data directory. A group of entries is one SQL transaction whose
 * commit waits for the disk. Runs on the main thread on purpose: see `docs/decisions/003-journal-on-the-main-thread.md`.
 */
import { accessSync, closeSync, constants, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { type DirectoryLock, lockDirectory } from './directory-lock.ts'
import type { Journal, JournalEntry } from './journal.ts'
import { migrate, type Migration, migrations } from './migrations.ts'
import { explain, type JournalPlace } from './sqlite-errors.ts'

/** Name of the file in the data directory. */
export const STATE_FILE = 'state.sqlite'

/** Pages in the write-ahead log before they are moved to the file: 16 MiB, so that a busy server does it seldom. */
const CHECKPOINT_PAGES = 4096

/** How long a commit waits for another process that writes to the file, which none should. */
const BUSY_WAIT_MS = 1000

export class SqliteJournal implements Journal {
  readonly #place: JournalPlace
  readonly #lock: DirectoryLock
  readonly #database: DatabaseSync
  readonly #put: StatementSync
  readonly #remove: StatementSync

  private constructor(place: JournalPlace, lock: DirectoryLock, database: DatabaseSync) {
    this.#place = place
    this.#lock = lock
    this.#database = database
    this.#put = database.prepare(`
      INSERT INTO rows (table_name, key, row) VALUES (?, ?, ?)
      ON CONFLICT (table_name, key) DO UPDATE SET row = excluded.row`)
    this.#remove = database.prepare('DELETE FROM rows WHERE table_name = ? AND key = ?')
  }

  /**
   * Opens the data directory, made with mode 0700 if it is new, and holds it until `close` or the end of the process. Throws
   * `JournalError` if another server holds it, if a newer version wrote it, or if it cannot be read and written.
   */
  static open(directory: string, steps: readonly Migration[] = migrations): SqliteJournal {
    const place = { directory, file: join(directory, STATE_FILE) }
    let lock: DirectoryLock | undefined
    let database: DatabaseSync | undefined
    try {
      mkdirSync(directory, { recursive: true, mode: 0o700 })
      accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK)
      lock = lockDirectory(directory)
      database = openStateFile(place.file)
      migrate(database, steps)
      return new SqliteJournal(place, lock, database)
    } catch (error) {
      database?.close()
      lock?.release()
      throw explain(error, place)
    }
  }

  load(visit: (table: string, key: string, row: string) => void): void {
    const select = this.#database.prepare('SELECT table_name, key, row FROM rows ORDER BY id')
    select.setReturnArrays(true)
    try {
      for (const [table, key, row] of select.iterate() as Iterable<unknown> as Iterable<[string, string, string]>)
        visit(table, key, row)
    } catch (error) {
      throw explain(error, this.#place)
    }
  }

  append(entries: readonly JournalEntry[]): void {
    try {
      this.#database.exec('BEGIN IMMEDIATE')
      for (const { table, key, row } of entries) {
        if (row === undefined) this.#remove.run(table, key)
        else this.#put.run(table, key, row)
      }
      this.#database.exec('COMMIT')
    } catch (error) {
      this.#rollBack()
      throw explain(error, this.#place)
    }
  }

  close(): void {
    this.#database.close()
    this.#lock.release()
  }

  /** SQLite has rolled back already after some errors (a full disk), not after others. */
  #rollBack(): void {
    if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
  }
}

const openStateFile = (file: string): DatabaseSync => {
  // The rows include secret keys. SQLite gives its log the permissions of this file.
  closeSync(openSync(file, 'a', 0o600))
  const database = new DatabaseSync(file, { timeout: BUSY_WAIT_MS })
  try {
    database.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES};
    `)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}
