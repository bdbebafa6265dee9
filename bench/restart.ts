/**
 * From a cold process to the first correct read of 100,000 tasks, against reading and parsing the same rows and nothing else. Every
 * sample is a process of its own, so that neither side is compiled or cached in memory beforehand.
 */
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { SystemIds } from '../src/kit/ids.ts'
import { SqliteJournal, STATE_FILE } from '../src/store/journal/sqlite.ts'
import { Store } from '../src/store/store.ts'
import { numberFrom } from './lib/child.ts'
import { comparePairs, millisecondsOf } from './lib/compare.ts'
import { report } from './lib/report.ts'
import { sampleTasks } from './lib/sample-tasks.ts'
import { scratchDirectory } from './lib/scratch.ts'

const TASKS = 100_000
const BATCH = 1000

const fill = async (directory: string): Promise<void> => {
  const samples = sampleTasks(TASKS, new SystemIds())
  const store = await Store.open(SqliteJournal.open(directory), () => {})
  for (let first = 0; first < TASKS; first += BATCH) {
    await store.transact((tx) => {
      for (let number = first; number < first + BATCH; number++) {
        tx.tasks.insert(samples.run(samples.start(number), number))
      }
    })
  }
  await store.close()
}

const openAndRead = async (directory: string): Promise<void> => {
  const store = await Store.open(SqliteJournal.open(directory), () => {})
  await store.transact((tx) => {
    const last = [...tx.tasks.rows()].at(-1)
    if (tx.tasks.size !== TASKS || last?.lastStatus !== 'RUNNING') throw new Error('not what was written')
  })
}

const readAndParse = (directory: string): void => {
  const select = new DatabaseSync(path.join(directory, STATE_FILE)).prepare('SELECT row FROM rows')
  const rows: unknown[] = []
  for (const row of select.iterate()) rows.push(JSON.parse(row['row'] as string))
  if (rows.length !== TASKS) throw new Error('not what was written')
}

const [side, directory = ''] = process.argv.slice(2)
if (side === 'ours' || side === 'bare') {
  console.log(await millisecondsOf(() => (side === 'ours' ? openAndRead(directory) : readAndParse(directory))))
} else {
  const filled = scratchDirectory()
  await fill(filled)
  report([
    await comparePairs({
      question: 'restart with 100,000 tasks, to the first correct read',
      unit: 'ms',
      ours: () => numberFrom(import.meta.filename, ['ours', filled]),
      rival: () => numberFrom(import.meta.filename, ['bare', filled]),
      rivalName: 'SELECT and JSON.parse of the same rows',
      goal: { atMost: 2.5 },
    }),
  ])
}
