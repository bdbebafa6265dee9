/**
 * The checkpoint in an SQLite file of the agent's own. Everything that changes within one turn of the event loop is one transaction
 * and one fsync, so fifty tasks that start together do not wait for fifty. A task's definition is written once, its progress each time.
 *
 * What must be durable before something is done waits for `flush`; the rest may lag by a turn, because what the runtime says corrects it.
 */
import { chmodSync } from 'node:fs'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { type Clock, settle, type Timer } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'
import type { EngineTask } from '../engine/task.ts'
import type { AgentFacts, Checkpoint } from './checkpoint.ts'
import { definitionText, progressText, readTask } from './codec.ts'

/** Of the tables below. A file with a higher one was written by a newer version and is left alone. */
const SCHEMA_VERSION = 1

const SCHEMA = `
  CREATE TABLE tasks (arn TEXT PRIMARY KEY, definition TEXT NOT NULL, progress TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  PRAGMA user_version = ${SCHEMA_VERSION};
`

/** How long after a failed write the next attempt is made, if nobody asks before. */
const RETRY_MS = 1000

/** How long to wait for an agent that is just ending. */
const LOCK_WAIT_MS = 1000

/** The file cannot be used; the message is for the operator. */
export class CheckpointError extends Error {
  override readonly name = 'CheckpointError'
}

interface Waiter {
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

export interface SqliteCheckpointOptions {
  readonly file: string
  readonly clock: Clock
  readonly log: Log
}

export class SqliteCheckpoint implements Checkpoint {
  readonly #options: SqliteCheckpointOptions
  readonly #database: DatabaseSync
  readonly #statements: Readonly<Record<'insertTask' | 'updateTask' | 'deleteTask' | 'putFact', StatementSync>>
  /** What is not written yet; undefined stands for a task to forget. */
  #tasks = new Map<string, EngineTask | undefined>()
  #facts = new Map<keyof AgentFacts, string>()
  /** Tasks whose definition is in the file. */
  readonly #defined = new Set<string>()
  #waiters: Waiter[] = []
  #isScheduled = false
  #isClosed = false
  /** There is one from a failed write to the next that succeeds. */
  #retry: Timer | undefined

  constructor(options: SqliteCheckpointOptions) {
    this.#options = options
    this.#database = openDatabase(options.file)
    this.#statements = {
      insertTask: this.#database.prepare('INSERT OR REPLACE INTO tasks (arn, definition, progress) VALUES (?, ?, ?)'),
      updateTask: this.#database.prepare('UPDATE tasks SET progress = ? WHERE arn = ?'),
      deleteTask: this.#database.prepare('DELETE FROM tasks WHERE arn = ?'),
      putFact: this.#database.prepare('INSERT OR REPLACE INTO facts (name, value) VALUES (?, ?)'),
    }
  }

  load(): { tasks: readonly EngineTask[]; facts: Partial<AgentFacts> } {
    const rows = this.#database.prepare('SELECT definition, progress FROM tasks').all()
    const tasks = rows.map((row) => readTask(String(row.definition), String(row.progress)))
    for (const task of tasks) this.#defined.add(task.arn)
    const facts = this.#database.prepare('SELECT name, value FROM facts').all()
    return { tasks, facts: Object.fromEntries(facts.map((row) => [String(row.name), String(row.value)])) }
  }

  putTask(task: EngineTask): void {
    this.#tasks.set(task.arn, task)
    this.#schedule()
  }

  forgetTask(taskArn: string): void {
    this.#tasks.set(taskArn, undefined)
    this.#schedule()
  }

  putFact(name: keyof AgentFacts, value: string): void {
    this.#facts.set(name, value)
    this.#schedule()
  }

  flush(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject })
      this.#schedule()
    })
  }

  close(): void {
    if (this.#isClosed) return
    this.#writeNow()
    this.#isClosed = true
    this.#database.close()
  }

  #schedule(): void {
    if (this.#isScheduled || this.#isClosed) return
    this.#isScheduled = true
    void settle().then(() => {
      this.#isScheduled = false
      if (!this.#isClosed) this.#writeNow()
    })
  }

  #writeNow(): void {
    const waiters = this.#waiters
    this.#waiters = []
    try {
      this.#commit()
      this.#succeeded()
      for (const { resolve } of waiters) resolve()
    } catch (error) {
      this.#failed(error)
      for (const { reject } of waiters) reject(error)
    }
  }

  #succeeded(): void {
    this.#retry?.cancel()
    if (this.#retry !== undefined) this.#options.log.info('checkpoint can be written again')
    this.#retry = undefined
  }

  /** Tries again in a while, however many ask meanwhile, and complains once. */
  #failed(error: unknown): void {
    if (this.#retry === undefined)
      this.#options.log.error('checkpoint cannot be written; no new task is taken', { error })
    this.#retry?.cancel()
    this.#retry = this.#options.clock.setTimer(RETRY_MS, () => this.#schedule())
  }

  /** What could not be committed stays pending. */
  #commit(): void {
    if (this.#tasks.size === 0 && this.#facts.size === 0) return
    this.#database.exec('BEGIN IMMEDIATE')
    try {
      for (const [arn, task] of this.#tasks) this.#writeTask(arn, task)
      for (const [name, value] of this.#facts) this.#statements.putFact.run(name, value)
      this.#database.exec('COMMIT')
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
      throw error
    }
    for (const [arn, task] of this.#tasks) {
      if (task === undefined) this.#defined.delete(arn)
      else this.#defined.add(arn)
    }
    this.#tasks.clear()
    this.#facts.clear()
  }

  #writeTask(arn: string, task: EngineTask | undefined): void {
    if (task === undefined) this.#statements.deleteTask.run(arn)
    else if (this.#defined.has(arn)) this.#statements.updateTask.run(progressText(task), arn)
    else this.#statements.insertTask.run(arn, definitionText(task), progressText(task))
  }
}

const openDatabase = (file: string): DatabaseSync => {
  const database = new DatabaseSync(file, { timeout: LOCK_WAIT_MS })
  try {
    // Environment variables of tasks stand in the file.
    chmodSync(file, 0o600)
    // One agent per file: the lock is held until the process ends, however it ends.
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
    const version = Number(database.prepare('PRAGMA user_version').get()?.user_version)
    if (version > SCHEMA_VERSION) throw new CheckpointError(`${file} was written by a newer version of Longshore.`)
    if (version === 0) database.exec(`BEGIN; ${SCHEMA} COMMIT`)
    return database
  } catch (error) {
    database.close()
    if (error instanceof Error && error.message.includes('database is locked')) {
      throw new CheckpointError(`${file} is in use by another agent.`)
    }
    throw error
  }
}
