/**
 * The schema of the state file, as numbered steps. The file holds the number of the last step that it went through
 * (`PRAGMA user_version`); opening it runs the ones it lacks. A step that was released is never edited: add another.
 */
import type { DatabaseSync } from 'node:sqlite'
import { assert } from '../../kit/assert.ts'

export interface Migration {
  readonly version: number
  /** Runs inside a transaction that also stores `version`. */
  readonly apply: (database: DatabaseSync) => void
}

export const migrations: readonly Migration[] = [
  {
    version: 1,
    // One table for the rows of all tables, so that a new table needs no migration. Keys are random: rows stand in the order of
    // their insertion (a third of the time that a table clustered by key takes) and are loaded in that order again.
    apply: (database) =>
      database.exec(`
        CREATE TABLE rows (
          id INTEGER PRIMARY KEY,
          table_name TEXT NOT NULL,
          key TEXT NOT NULL,
          row TEXT NOT NULL,
          UNIQUE (table_name, key)
        ) STRICT`),
  },
  {
    version: 2,
    // Secrets are sealed from here on. Those that were not are taken out: the root user's key is in a file of its own and comes back from
    // there, and the rest is made anew.
    apply: (database) => {
      database.exec(`
        DELETE FROM rows WHERE table_name = 'settings';
        DELETE FROM rows WHERE table_name = 'accessKeys' AND json_extract(row, '$.sealedSecret') IS NULL;
      `)
    },
  },
]

/** A file that a newer version of the program wrote. */
export class NewerSchema extends Error {
  readonly found: number
  readonly known: number

  constructor(found: number, known: number) {
    super(`schema version ${found} is newer than ${known}`)
    this.found = found
    this.known = known
  }
}

/** Brings the file's schema to the last of `steps`, one transaction per step. Throws `NewerSchema` if it is beyond that already. */
export const migrate = (database: DatabaseSync, steps: readonly Migration[]): void => {
  assert(
    steps.every(({ version }, position) => version === position + 1),
    'migrations are numbered 1, 2, 3, ...',
  )
  const found = schemaVersion(database)
  if (found > steps.length) throw new NewerSchema(found, steps.length)
  for (const step of steps.slice(found)) runStep(database, step)
}

const schemaVersion = (database: DatabaseSync): number =>
  Number(database.prepare('PRAGMA user_version').get()?.['user_version'])

const runStep = (database: DatabaseSync, { version, apply }: Migration): void => {
  database.exec('BEGIN IMMEDIATE')
  try {
    apply(database)
    database.exec(`PRAGMA user_version = ${version}`)
    database.exec('COMMIT')
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
}
