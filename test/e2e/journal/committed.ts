/** What the committing process writes and how to check it, and a way to run that process. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { SqliteJournal } from '../../../src/store/journal/sqlite.ts'
import { Store } from '../../../src/store/store.ts'

export const rowNames = (number: number): readonly string[] => [`${number}/left`, `${number}/right`]

/** Long enough that a row seldom fits into one page together with others. */
export const rowValue = (number: number): string => `${number}:`.repeat(200)

/** Acknowledged transactions that are not there. */
export const missing = ({ tables }: Store, kept: Iterable<number>): number[] =>
  [...kept].filter((number) => rowNames(number).some((name) => tables.settings.get(name)?.value !== rowValue(number)))

/** Transactions of which one row is there and the other is not. */
export const torn = ({ tables }: Store): string[] =>
  Array.from(tables.settings.rows(), ({ name }) => name).filter(
    (name) => !rowNames(Number.parseInt(name, 10)).every((sibling) => tables.settings.has(sibling)),
  )

export const reload = (directory: string): Promise<Store> => Store.open(SqliteJournal.open(directory), () => {})

export interface Committer {
  readonly process: ChildProcess
  /** Acknowledged so far. */
  readonly kept: Set<number>
  /** Why it failed, if it did. */
  failure(): string | undefined
  /** Resolves when `count` transactions were acknowledged, or the process ended. */
  keeps(count: number): Promise<void>
  readonly ended: Promise<void>
}

/** Starts the committing process. `limits` is a shell command to run before it, e.g. `ulimit -f 100`. */
export const startCommitter = (directory: string, { openAt = 0, limits = ':' } = {}): Committer => {
  const program = [process.execPath, path.join(import.meta.dirname, 'committer.ts'), directory, String(openAt)]
  const child = spawn('sh', ['-c', `${limits}; exec "$@"`, 'sh', ...program], { stdio: ['ignore', 'pipe', 'inherit'] })
  const kept = new Set<number>()
  let failure: string | undefined
  const lines = createInterface({ input: child.stdout })
  lines.on('line', (line) => {
    const [word, rest = ''] = line.split(/ (.*)/)
    if (word === 'kept') kept.add(Number(rest))
    if (word === 'failed') failure = rest
  })
  const ended = Promise.all([once(child, 'exit'), once(lines, 'close')]).then(() => undefined)
  const keeps = (count: number): Promise<void> =>
    new Promise((resolve) => {
      lines.on('line', () => kept.size >= count && resolve())
      void ended.then(resolve)
    })
  return { process: child, kept, failure: () => failure, keeps, ended }
}
