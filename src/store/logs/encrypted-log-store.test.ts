import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { aLogBatch, anyLogGroups, messagesOf, readLog } from '../../../test/builders/a-log-batch.ts'
import { silentLog } from '../../kit/log.ts'
import { FileLogStore } from './file-log-store.ts'
import { LogKeyUnusable, type NewLogEvent } from './log-store.ts'

let directory: string

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'log-store-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

/** Keys that come and go. */
const aKeyRing = () => {
  const keys = new Map<string, Uint8Array>([1, 2].map((number) => [`k${number}`, Buffer.alloc(32, number)]))
  const ring = { present: 'k1' as string | undefined, disabled: new Set<string>(), keys }
  const groups = anyLogGroups({
    presentKeyId: () => ring.present,
    key: (_, keyId) => keys.get(keyId),
    keyProblem: (_, keyId) => (ring.disabled.has(keyId) ? `${keyId} is disabled` : undefined),
  })
  const open = () => FileLogStore.open({ directory, groups, log: silentLog, journalFileBytes: 100_000 })
  return { ring, open }
}

/** More than is carried over in the journal. */
const many = (from: number): readonly NewLogEvent[] =>
  Array.from({ length: 4000 }, (_, index) => ({
    timestamp: from + index,
    message: `secret ${from + index} of the log`,
  }))

const few = (timestamp: number): readonly NewLogEvent[] => [{ timestamp, message: `secret ${timestamp}` }]

const filesOf = (part: string): readonly string[] =>
  readdirSync(path.join(directory, part)).map((name) => path.join(directory, part, name))

describe('log events with a key', () => {
  it('lie nowhere as they are, neither in the journal nor in segments', async () => {
    const { open } = aKeyRing()
    const store = await open()
    await store.append(aLogBatch({ events: many(0) }))
    await store.append(aLogBatch({ events: few(9000) }))
    await store.sealed()
    const files = [...filesOf('groups/g1'), ...filesOf('journal')]
    expect(files).toHaveLength(2)
    for (const file of files) expect(readFileSync(file).includes('secret')).toBe(false)
    expect(await readLog(store)).toHaveLength(4001)
    await store.close()
    const again = await open()
    expect(await readLog(again)).toHaveLength(4001)
    await again.close()
  })

  it('do not open with another', async () => {
    const { ring, open } = aKeyRing()
    const store = await open()
    await store.append(aLogBatch())
    await store.close()
    ring.keys.set('k1', Buffer.alloc(32, 9))
    await expect(open()).rejects.toThrow(/key/)
  })

  it('keep their keys while others come under other keys, or none', async () => {
    const { ring, open } = aKeyRing()
    const store = await open()
    const expected: string[] = []
    for (const [index, present] of ['k1', 'k2', undefined, 'k1'].entries()) {
      ring.present = present
      const events = [...many(index * 10_000), ...few(index * 10_000 + 5000)]
      await store.append(aLogBatch({ events }))
      await store.sealed()
      expected.push(...events.map(({ message }) => message))
    }
    expect(filesOf('groups/g1')).toHaveLength(1)
    expect(messagesOf(await readLog(store))).toEqual(expected)
    ring.disabled.add('k2')
    expect(messagesOf(await readLog(store, { to: 10_000 }))).toEqual(expected.slice(0, 4001))
    expect(messagesOf(await readLog(store, { from: 20_000 }))).toEqual(expected.slice(8002))
    await expect(readLog(store)).rejects.toThrow(LogKeyUnusable)
    await store.close()
  })

  it('can be neither kept nor read while their key is disabled, and are all there when it is enabled', async () => {
    const { ring, open } = aKeyRing()
    const store = await open()
    await store.append(aLogBatch({ events: few(1) }))
    ring.disabled.add('k1')
    await expect(store.append(aLogBatch({ events: few(2) }))).rejects.toThrow('k1 is disabled')
    await expect(readLog(store)).rejects.toThrow('k1 is disabled')
    await store.close()
    const again = await open()
    await again.append(aLogBatch({ groupId: 'g2' })).catch(() => undefined)
    ring.present = undefined
    await again.append(aLogBatch({ events: many(10) }))
    await again.sealed()
    await expect(readLog(again)).rejects.toThrow('k1 is disabled')
    ring.disabled.clear()
    expect(await readLog(again)).toHaveLength(4001)
    await again.close()
  })

  it('are gone with their key, wherever they lie, and the others are not', async () => {
    const { ring, open } = aKeyRing()
    const store = await open()
    await store.append(aLogBatch({ events: many(0) }))
    await store.sealed()
    await store.append(aLogBatch({ events: few(5000) }))
    ring.keys.delete('k1')
    ring.present = 'k2'
    await expect(readLog(store)).rejects.toThrow(LogKeyUnusable)
    await store.append(aLogBatch({ events: many(10_000) }))
    await store.sealed()
    const left = many(10_000).map(({ message }) => message)
    expect(messagesOf(await readLog(store))).toEqual(left)
    await store.close()
    const again = await open()
    expect(messagesOf(await readLog(again))).toEqual(left)
    await again.close()
  })
})
