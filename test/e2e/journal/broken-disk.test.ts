import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { JournalError } from '../../../src/store/journal/journal.ts'
import { SqliteJournal } from '../../../src/store/journal/sqlite.ts'
import { Store } from '../../../src/store/store.ts'
import { missing, reload, startCommitter, torn } from './committed.ts'

let mountPoint: string
let directory: string

const mount = (...args: string[]): void => void execFileSync('mount', args)

beforeEach(() => {
  mountPoint = mkdtempSync(path.join(tmpdir(), 'journal-disk-'))
  directory = path.join(mountPoint, 'data')
  mount('-t', 'tmpfs', '-o', 'size=2m', 'longshore-test', mountPoint)
})
afterEach(() => {
  execFileSync('umount', [mountPoint])
  rmSync(mountPoint, { recursive: true })
})

it('stops with one sentence when the disk is full, and has lost nothing acknowledged once there is space', async () => {
  const committer = startCommitter(directory)
  await committer.ended
  expect(committer.failure()).toBe(
    `The disk of the data directory ${directory} is full: free some space and start again; nothing acknowledged is lost.`,
  )
  expect(committer.kept.size).toBeGreaterThan(0)

  mount('-o', 'remount,size=16m', mountPoint)
  const store = await reload(directory)
  expect(missing(store, committer.kept)).toEqual([])
  expect(torn(store)).toEqual([])
  await store.close()
})

it('shows nothing of the transaction that did not fit, and takes no other', async () => {
  const failures: JournalError[] = []
  const store = await Store.open(SqliteJournal.open(directory), (error) => failures.push(error))
  await store.transact((tx) => tx.settings.put({ name: 'small', value: '1' }))
  const tooLarge = store.transact((tx) => tx.settings.put({ name: 'large', value: 'x'.repeat(4 << 20) }))
  await expect(tooLarge).rejects.toThrow(JournalError)
  await expect(store.transact((tx) => tx.settings.get('large'))).rejects.toThrow(/is full/)
  expect(failures).toHaveLength(1)
  await store.close()

  const reopened = await reload(directory)
  expect(Array.from(reopened.tables.settings.rows(), ({ name }) => name)).toEqual(['small'])
  await reopened.close()
})

it('refuses a read-only directory with one sentence', () => {
  mkdirSync(directory)
  mount('-o', 'remount,ro', mountPoint)
  expect(() => SqliteJournal.open(directory)).toThrow(
    /^The data directory .* cannot be written \(EROFS.*\): make it writable for this user and start again\.$/,
  )
})

it('stops with one sentence when the disk reports an error', async () => {
  mount('-o', 'remount,size=64m', mountPoint)
  // The kernel refuses to let the file grow: to SQLite a failed write like any other.
  const committer = startCommitter(directory, { limits: "trap '' XFSZ; ulimit -f 1000" })
  await committer.ended
  expect(committer.failure()).toBe(
    `The disk of the data directory ${directory} failed (disk I/O error): check the disk and start again.`,
  )

  const store = await reload(directory)
  expect(missing(store, committer.kept)).toEqual([])
  expect(torn(store)).toEqual([])
  await store.close()
})
