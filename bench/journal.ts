/**
 * Durable transactions per second through store and SQLite journal, against what SQLite itself commits one by one with a full sync of
 * the same rows on the same disk. Group commit is what makes the difference: callers wait together.
 */
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { SystemIds } from '../src/kit/ids.ts'
import { taskDefinitionFamilyArn } from '../src/model/arn.ts'
import { SqliteJournal } from '../src/store/journal/sqlite.ts'
import { Store } from '../src/store/store.ts'
import type { Transaction } from '../src/store/tables.ts'
import { aTaskDefinition } from '../test/builders/a-task-definition.ts'
import { comparePairs, rateOf } from './lib/compare.ts'
import { report } from './lib/report.ts'
import { sampleTasks } from './lib/sample-tasks.ts'
import { scratchDirectory } from './lib/scratch.ts'

/** Callers that wait for their answer at the same time. */
const CALLERS = 64
const TRANSACTIONS = 6400
const SINGLE_COMMITS = 1000

const directory = scratchDirectory()
const store = await Store.open(SqliteJournal.open(path.join(directory, 'ours')), (error) => {
  throw error
})
const samples = sampleTasks(TRANSACTIONS, new SystemIds())
let started = 0
let registered = 0

const startTask = (tx: Transaction): unknown => tx.tasks.insert(samples.start(started++))

const registerDefinition = (tx: Transaction): void => {
  const definition = tx.taskDefinitions.insert(aTaskDefinition({ revision: ++registered }))
  tx.taskDefinitionFamilies.put({
    familyArn: taskDefinitionFamilyArn('us-east-1', '000000000000', definition.family),
    latestRevision: definition.revision,
  })
}

const durablePerSecond = (work: (tx: Transaction) => unknown) => () =>
  rateOf(TRANSACTIONS, () =>
    Promise.all(
      Array.from({ length: CALLERS }, async () => {
        for (let call = 0; call < TRANSACTIONS / CALLERS; call++) await store.transact(work)
      }),
    ),
  )

const rival = new DatabaseSync(path.join(directory, 'rival.sqlite'))
rival.exec(`
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  CREATE TABLE rows (id INTEGER PRIMARY KEY, row TEXT NOT NULL) STRICT`)
const insert = rival.prepare('INSERT INTO rows (row) VALUES (?)')

const singleCommitsPerSecond = (row: object) => () => {
  const text = JSON.stringify(row)
  return rateOf(SINGLE_COMMITS, () => {
    for (let commit = 0; commit < SINGLE_COMMITS; commit++) insert.run(text)
  })
}

const shared = { unit: 'per second', rivalName: 'SQLite, one row per commit', goal: { atLeast: 2 } }
report([
  await comparePairs({
    ...shared,
    question: `tasks started durably by ${CALLERS} callers`,
    ours: durablePerSecond(startTask),
    rival: singleCommitsPerSecond(samples.start(0)),
  }),
  await comparePairs({
    ...shared,
    question: `task definitions registered durably by ${CALLERS} callers`,
    ours: durablePerSecond(registerDefinition),
    rival: singleCommitsPerSecond(aTaskDefinition()),
  }),
])
await store.close()
rival.close()
