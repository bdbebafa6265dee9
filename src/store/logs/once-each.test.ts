import { copyFileSync, cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { aLogBatch, anyLogGroups, messagesOf, readLog } from '../../../test/builders/a-log-batch.ts'
import { silentLog } from '../../kit/log.ts'
import { FileLogStore } from './file-log-store.ts'
import type { LogGroups } from './log-groups.ts'
import type { LogStreamTimes } from './log-store.ts'
import { MemoryLogStore } from './memory-log-store.ts'

let directory: string

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'log-store-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

/** Groups that remember what their streams were sealed with, as the tables do. */
const rememberingGroups = (): LogGroups => {
  const known = new Map<string, readonly string[]>()
  return anyLogGroups({
    hasBatch: (streamId, batchId) => known.get(streamId)?.includes(batchId) ?? false,
    onSealed: async (_groupId, times: ReadonlyMap<string, LogStreamTimes>) => {
      for (const [streamId, { lastBatchIds }] of times) known.set(streamId, lastBatchIds)
    },
  })
}

const open = (groups = anyLogGroups(), journalFileBytes = 1_000_000, at = directory): Promise<FileLogStore> =>
  FileLogStore.open({ directory: at, groups, log: silentLog, journalFileBytes })

const batch = (batchId: string, given: Parameters<typeof aLogBatch>[0] = {}) =>
  aLogBatch({ batchId, events: [{ timestamp: 1000, message: batchId }], ...given })

describe.each([
  ['on a disk', () => open()],
  ['in memory', async () => new MemoryLogStore()],
])('a batch with a name, %s', (_where, make) => {
  it('is kept once in its stream, however often it comes, at once or later', async () => {
    const store = await make()
    await Promise.all([store.append(batch('a')), store.append(batch('a')), store.append(batch('b'))])
    await store.append(batch('a'))
    expect(messagesOf(await readLog(store))).toEqual(['a', 'b'])
    await store.append(batch('a', { streamId: 'other' }))
    await store.append(batch('a', { groupId: 'other' }))
    expect(messagesOf(await readLog(store))).toEqual(['a', 'b', 'a'])
    await store.close()
  })

  it('is forgotten with its stream', async () => {
    const store = await make()
    await store.append(batch('a'))
    await store.removeStreams('g1', new Set(['s1']))
    await store.append(batch('a'))
    expect(messagesOf(await readLog(store))).toEqual(['a'])
    await store.close()
  })
})

describe('a name', () => {
  it('is known after the process was killed', async () => {
    const store = await open()
    await store.append(batch('a'))
    // What is on the disk at this moment is what a process finds that comes after one that was killed.
    const killed = mkdtempSync(path.join(tmpdir(), 'log-store-'))
    cpSync(directory, killed, { recursive: true })
    const next = await open(anyLogGroups(), 1_000_000, killed)
    await next.append(batch('a'))
    expect(messagesOf(await readLog(next))).toEqual(['a'])
    await Promise.all([store.close(), next.close()])
    rmSync(killed, { recursive: true, force: true })
  })

  it('goes with what is carried over from one journal file to the next', async () => {
    const store = await open(anyLogGroups(), 10_000)
    await store.append(batch('a'))
    for (let count = 0; count < 20; count++) {
      const events = [{ timestamp: 2000 + count, message: 'x'.repeat(20_000) }]
      await store.append(aLogBatch({ groupId: 'loud', events }))
      await store.sealed()
    }
    await store.append(batch('a'))
    expect(messagesOf(await readLog(store))).toEqual(['a'])
    await store.close()
  })

  it('is known when its batch is in a segment, and before the journal file is gone', async () => {
    const groups = rememberingGroups()
    const store = await open(groups, 100_000)
    const message = 'x'.repeat(200_000)
    await store.append(batch('a', { events: [{ timestamp: 1, message }] }))
    const journal = path.join(directory, 'journal')
    const [file = ''] = readdirSync(journal)
    copyFileSync(path.join(journal, file), path.join(directory, 'kept'))
    await store.sealed()
    await store.append(batch('a'))
    expect(await readLog(store)).toHaveLength(1)
    await store.close()
    copyFileSync(path.join(directory, 'kept'), path.join(journal, file))
    const next = await open(groups)
    await next.append(batch('a'))
    expect(await readLog(next)).toHaveLength(1)
    await next.close()
  })
})

it('a batch that could not be kept may come again', async () => {
  const store = await open()
  await store.close()
  await expect(store.append(batch('a'))).rejects.toThrow('closed')
  const next = await open()
  await next.append(batch('a'))
  expect(messagesOf(await readLog(next))).toEqual(['a'])
  await next.close()
})
