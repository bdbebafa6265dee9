/**
 * A process that commits until it is killed or the journal fails: prints `open`, then `kept <n>` for every transaction that was
 * acknowledged, or `failed <sentence>`. Transaction n writes two rows, so that a test can see whether it was kept whole.
 *
 *     committer.ts <data directory> [<epoch milliseconds at which to open it>]
 */
import { SqliteJournal } from '../../../src/store/journal/sqlite.ts'
import { Store } from '../../../src/store/store.ts'
import { rowNames, rowValue } from './committed.ts'

/** Transactions under way at once, so that groups form. */
const CONCURRENCY = 8

const say = (line: string): void => void process.stdout.write(`${line}\n`)

const commit = async (store: Store, number: number): Promise<void> => {
  await store.transact((tx) => {
    for (const name of rowNames(number)) tx.settings.put({ name, value: rowValue(number) })
  })
  say(`kept ${number}`)
}

const commitForever = async (store: Store, first: number): Promise<never> => {
  for (let number = first; ; number += CONCURRENCY) await commit(store, number)
}

const [directory = '', openAt = '0'] = process.argv.slice(2)
while (Date.now() < Number(openAt)); // several processes meet here to the millisecond
try {
  const store = await Store.open(SqliteJournal.open(directory), () => {})
  say('open')
  const start = store.tables.settings.size
  await Promise.all(Array.from({ length: CONCURRENCY }, (_, lane) => commitForever(store, start + lane)))
} catch (error) {
  // A reader that is slow has all of it before the process ends.
  process.stdout.write(`failed ${(error as Error).message}\n`, () => process.exit(1))
}
