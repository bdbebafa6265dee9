/** The log store while much happens at once, and when a disk does not do what it should. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { aLogBatch, anyLogGroups, messagesOf, readLog } from '../../../test/builders/a-log-batch.ts'
import { settle } from '../../kit/clock.ts'
import { silentLog } from '../../kit/log.ts'
import { FileLogStore, type FileLogStoreOptions } from './file-log-store.ts'
import { comparePositions } from './log-store.ts'
import { SegmentDirectory } from './segment-home.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'log-store-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const open = (given: Partial<FileLogStoreOptions> = {}): Promise<FileLogStore> =>
  FileLogStore.open({ directory, groups: anyLogGroups(), log: silentLog, ...given })

const journals = (): readonly string[] => readdirSync(path.join(directory, 'journal'))

const PADDING = 'x'.repeat(2000)
const aLargeBatch = (number: number) =>
  aLogBatch({
    streamId: `s${number % 3}`,
    events: Array.from({ length: 100 }, (_, index) => ({
      timestamp: number,
      message: `${number}/${index} ${PADDING}`,
    })),
  })

describe('readers', () => {
  it('see what was acknowledged before, once and in order, while events move from the journal into segments', async () => {
    const store = await open({ journalFileBytes: 500_000 })
    let acknowledged = 0
    let isWriting = true
    const write = async (): Promise<void> => {
      for (let number = 0; number < 40; number++) {
        await store.append(aLargeBatch(number))
        acknowledged += 100
      }
      isWriting = false
    }
    const read = async (direction: 'forward' | 'backward'): Promise<void> => {
      while (isWriting) {
        const before = acknowledged
        const events = await readLog(store, { direction })
        expect(events.length).toBeGreaterThanOrEqual(before)
        expect(new Set(messagesOf(events)).size).toBe(events.length)
        const inOrder = direction === 'forward' ? events : events.toReversed()
        expect(inOrder).toEqual(inOrder.toSorted(comparePositions))
        // Of nothing, there is nothing to wait for.
        await settle()
      }
    }
    await Promise.all([write(), read('forward'), read('backward')])
    expect(await readLog(store)).toHaveLength(4000)
    await store.close()
  })

  it('let go of a file when they stop in its midst', async () => {
    const store = await open({ journalFileBytes: 1 })
    for (const number of [1, 2]) await store.append(aLargeBatch(number))
    await store.sealed()
    const reading = store.read({ groupId: 'g1', direction: 'forward' })
    await reading.next()
    await reading.return()
    await store.removeGroup('g1')
    expect(await readLog(store)).toEqual([])
    await store.close()
  })
})

describe('writers', () => {
  it('may be many at a time, and each is answered when its own batch is durable', async () => {
    const store = await open()
    await Promise.all(Array.from({ length: 50 }, (_, number) => store.append(aLargeBatch(number))))
    await store.close()
    const again = await open()
    expect(await readLog(again)).toHaveLength(5000)
    await again.close()
  })
})

describe('a home of segments that fails', () => {
  class FailingHome extends SegmentDirectory {
    isFailing = true

    override async write(...given: Parameters<SegmentDirectory['write']>): Promise<void> {
      if (this.isFailing) throw new Error('no space left')
      await super.write(...given)
    }
  }

  it('leaves events in the journal, readable, and gets them later', async () => {
    const home = new FailingHome(path.join(directory, 'groups'))
    const complaints: unknown[] = []
    const log = { ...silentLog, error: (_message: string, fields: unknown) => void complaints.push(fields) }
    const store = await open({ home, log, journalFileBytes: 1 })
    await store.append(aLargeBatch(1))
    await store.sealed()
    expect(complaints).toMatchObject([{ groupId: 'g1', error: { message: 'no space left' } }])
    expect(await readLog(store)).toHaveLength(100)
    expect(journals()).toHaveLength(2)
    home.isFailing = false
    await store.append(aLargeBatch(2))
    await store.sealed()
    expect(journals()).toHaveLength(1)
    expect(await readLog(store)).toHaveLength(200)
    await store.close()
  })

  it('loses nothing if the process ends meanwhile', async () => {
    const store = await open({ home: new FailingHome(path.join(directory, 'groups')), journalFileBytes: 1 })
    for (const number of [1, 2, 3]) await store.append(aLargeBatch(number))
    await store.close()
    const again = await open()
    expect(await readLog(again)).toHaveLength(300)
    await again.sealed()
    expect(await readLog(again)).toHaveLength(300)
    await again.close()
  })
})
