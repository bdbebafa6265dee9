/**
 * Holds a data directory for one process. The lock is the operating system's, taken through SQLite: it ends with the process,
 * however that dies, and leaves an empty file that blocks nobody.
 *
 * The state file itself stays open to other readers, so that `sqlite3 state.sqlite .backup` works while the server runs.
 */
import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** Name of the empty file that the lock is on. */
const LOCK_FILE = 'lock'

/** How long to wait for a server that is just ending, and for another one that starts at the same moment. */
const LOCK_WAIT_MS = 500

export interface DirectoryLock {
  release(): void
}

/** Takes the lock. Throws SQLite's `SQLITE_BUSY` error while another process, or another part of this one, holds it. */
export const lockDirectory = (directory: string): DirectoryLock => {
  const file = join(directory, LOCK_FILE)
  closeSync(openSync(file, 'a', 0o600))
  const database = new DatabaseSync(file, { timeout: LOCK_WAIT_MS })
  try {
    // An exclusive transaction that never ends. It writes nothing, so there is nothing to recover after a crash, and no file to make
    // for that: the disk may be full.
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    throw error
  }
  return { release: () => database.close() }
}
