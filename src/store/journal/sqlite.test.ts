import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { JournalError, type JournalEntry } from './journal.ts'
import { type Migration, migrations } from './migrations.ts'
import { SqliteJournal, STATE_FILE } from './sqlite.ts'

const entry = (key: string, row: string | undefined = `{"key":"${key}"}`): JournalEntry => ({
  table: 'tasks',
  key,
  row,
})

const rowsOf = (journal: SqliteJournal): [table: string, key: string, row: string][] => {
  const rows: [string, string, string][] = []
  journal.load((...row) => rows.push(row))
  return rows
}

const errorOf = (work: () => unknown): unknown => {
  try {
    work()
  } catch (error) {
    return error
  }
  return undefined
}

describe('SqliteJournal', () => {
  let parent: string
  let directory: string
  const opened: SqliteJournal[] = []

  const open = (steps?: readonly Migration[]): SqliteJournal => {
    const journal = SqliteJournal.open(directory, steps)
    opened.push(journal)
    return journal
  }
  const openError = (): string => {
    const error = errorOf(open)
    expect(error).toBeInstanceOf(JournalError)
    return (error as JournalError).message
  }

  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'journal-'))
    directory = join(parent, 'data', 'here')
  })
  afterEach(() => {
    for (const journal of opened.splice(0)) journal.close()
    rmSync(parent, { recursive: true })
  })

  const reopened = (): SqliteJournal => {
    opened.pop()?.close()
    return open()
  }

  it('keeps rows in the order in which they were first written', () => {
    open().append([entry('b'), entry('a')])
    opened[0]!.append([entry('c'), entry('b', '{"changed":true}')])
    expect(rowsOf(reopened())).toEqual([
      ['tasks', 'b', '{"changed":true}'],
      ['tasks', 'a', '{"key":"a"}'],
      ['tasks', 'c', '{"key":"c"}'],
    ])
  })

  it('tells rows of the same key in different tables apart', () => {
    open().append([entry('a'), { table: 'clusters', key: 'a', row: '{}' }])
    opened[0]!.append([entry('a', undefined)])
    opened[0]!.append([{ table: 'tasks', key: 'a', row: undefined }])
    expect(rowsOf(reopened())).toEqual([['clusters', 'a', '{}']])
  })

  it('lets the last entry of a key win within a group', () => {
    open().append([entry('a', '1'), entry('a', '2'), { table: 'tasks', key: 'a', row: undefined }, entry('a', '3')])
    expect(rowsOf(reopened())).toEqual([['tasks', 'a', '3']])
  })

  it('keeps nothing of a group that fails half way', () => {
    const journal = open()
    const broken = { table: 'tasks', key: 'b', row: Symbol('not text') as unknown as string }
    expect(errorOf(() => journal.append([entry('a'), broken]))).toBeInstanceOf(JournalError)
    journal.append([entry('c')])
    expect(rowsOf(reopened()).map(([, key]) => key)).toEqual(['c'])
  })

  it('makes a directory that only its user can enter, and a file that only its user can read', () => {
    open()
    expect(statSync(directory).mode & 0o777).toBe(0o700)
    expect(statSync(join(directory, STATE_FILE)).mode & 0o777).toBe(0o600)
  })

  it('refuses a directory that another server holds, until that one closes', () => {
    const first = open()
    expect(openError()).toBe(
      `The data directory ${directory} is in use by another process, probably a server: stop that one or use another directory.`,
    )
    first.append([entry('still works')])
    expect(rowsOf(reopened())).toHaveLength(1)
  })

  it('lets others read the file while it is open, for backups', () => {
    open().append([entry('a')])
    const reader = new DatabaseSync(join(directory, STATE_FILE), { readOnly: true })
    expect(reader.prepare('SELECT count(*) AS count FROM rows').get()).toMatchObject({ count: 1 })
    reader.close()
  })

  it('refuses a directory that a newer version wrote, naming both versions', () => {
    open([...migrations, { version: migrations.length + 1, apply: () => {} }])
    opened.pop()!.close()
    expect(openError()).toBe(
      `The data directory ${directory} was written by a newer version (schema ${migrations.length + 1}, this one knows ${migrations.length}): use that version.`,
    )
  })

  it('says so when the file is not a database', () => {
    open()
    opened.pop()!.close()
    writeFileSync(join(directory, STATE_FILE), 'x'.repeat(8192))
    expect(openError()).toMatch(
      /^The state file .*state\.sqlite is damaged \(file is not a database\): restore it from a backup/,
    )
  })

  it('says so when a page of the file is damaged', () => {
    open().append(Array.from({ length: 500 }, (_, number) => entry(`key ${number}`)))
    opened.pop()!.close()
    const file = join(directory, STATE_FILE)
    const size = statSync(file).size
    writeFileSync(file, Buffer.alloc(size - 4096, 0xff), { flag: 'r+', flush: true })
    expect(openError()).toMatch(/is damaged/)
  })

  it('names the path when the directory cannot be made', () => {
    writeFileSync(join(parent, 'data'), '')
    expect(openError()).toMatch(/^The data directory .*here cannot be used \(ENOTDIR/)
  })
})
