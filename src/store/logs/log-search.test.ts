import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { aLogBatch, anyLogGroups } from '../../../test/builders/a-log-batch.ts'
import { silentLog } from '../../kit/log.ts'
import { FileLogStore } from './file-log-store.ts'
import type { LogQuery, LogSearchStep } from './log-store.ts'

const FILLER = 'x'.repeat(500)
/** Every so many events have a word. */
const EVERY = 1500
const COUNT = 30_000

let directory: string
let store: FileLogStore

beforeAll(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'log-search-'))
  store = await FileLogStore.open({ directory, groups: anyLogGroups(), log: silentLog, journalFileBytes: 3_000_000 })
  for (let from = 0; from < COUNT; from += 1000) {
    const events = Array.from({ length: 1000 }, (_, index) => ({
      timestamp: from + index,
      message: `${(from + index) % EVERY === 7 ? 'needle' : 'hay'} ${from + index} ${FILLER}`,
    }))
    await store.append(aLogBatch({ streamId: `s${from % 3000}`, events }))
  }
  await store.sealed()
})
afterAll(async () => {
  await store.close()
  rmSync(directory, { recursive: true, force: true })
})

const steps = async (query: Partial<LogQuery>): Promise<readonly LogSearchStep[]> => {
  const found: LogSearchStep[] = []
  for await (const step of store.search({ groupId: 'g1', direction: 'forward', ...query })) found.push(step)
  return found
}
const timesIn = (found: readonly LogSearchStep[]): readonly number[] =>
  found.flatMap(({ events }) => events.map(({ timestamp }) => timestamp))

const containing = [[Buffer.from('needle')]]
const expected = Array.from({ length: COUNT / EVERY }, (_, index) => index * EVERY + 7)

describe.each(['forward', 'backward'] as const)('a search %s', (direction) => {
  it('tells how far it has come, and goes on from there', async () => {
    const all = await steps({ direction, containing })
    expect(timesIn(all)).toEqual(direction === 'forward' ? expected : expected.toReversed())
    expect(all.length).toBeGreaterThan(3)
    expect(all.at(-1)?.next).toBeUndefined()
    for (const [index, { next }] of all.slice(0, -1).entries())
      expect(timesIn(await steps({ direction, containing, beyond: next! }))).toEqual(timesIn(all.slice(index + 1)))
  })

  it('looks through everything, also where there is nothing to find', async () => {
    const all = await steps({ direction, containing: [[Buffer.from('neither')]] })
    expect(timesIn(all)).toEqual([])
    const bytes = all.reduce((sum, step) => sum + step.bytes, 0)
    expect(bytes).toBeGreaterThan(COUNT * FILLER.length)
    expect(all.length).toBeGreaterThan(3)
  })

  it('wants one text of each group in a message', async () => {
    const groups = [
      [Buffer.from('hay '), Buffer.from('needle ')],
      [Buffer.from(' 1507 '), Buffer.from(' 2 ')],
    ]
    expect(timesIn(await steps({ direction, containing: groups })).toSorted((one, other) => one - other)).toEqual([
      2, 1507,
    ])
    expect(timesIn(await steps({ direction, containing: [...groups, containing[0]!] }))).toEqual([1507])
  })
})
