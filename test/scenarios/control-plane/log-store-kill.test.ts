/**
 * The log store in a process that is killed again and again, while a group has one key after the other: what it acknowledged is there, once
 * and whole, and nothing lies there as it is that came under a key.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { silentLog } from '../../../src/kit/log.ts'
import { FileLogStore } from '../../../src/store/logs/file-log-store.ts'
import { keyedLogGroups, messagesOf, readLog } from '../../builders/a-log-batch.ts'

const WRITER = path.join(import.meta.dirname, '..', '..', 'fakes', 'log-writer.ts')
const KILLS = 6
/** Of the group `g1`, after each kill the next. */
const KEYS = ['k1', 'k2', undefined] as const

let directory: string
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'log-store-kill-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

/** Starts a writer, kills it after it has acknowledged so many batches, and gives their numbers. */
const killedAfter = async (count: number, first: number, keyId: string | undefined): Promise<number[]> => {
  const command = [WRITER, directory, String(first), ...(keyId === undefined ? [] : [keyId])]
  const child = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString()
    if (output.split('\n').length > count) child.kill('SIGKILL')
  })
  await once(child, 'close')
  return output.split('\n').slice(0, -1).map(Number)
}

/** Batches by number: how many events of each there are. */
const batchesIn = async (store: FileLogStore): Promise<ReadonlyMap<number, number>> => {
  const messages = [...(await readLog(store, { groupId: 'g0' })), ...(await readLog(store, { groupId: 'g1' }))]
  const firsts = messagesOf(messages).map((message) => message.split(' ')[0] ?? '')
  expect(new Set(firsts).size).toBe(firsts.length)
  return new Map(
    [...Map.groupBy(firsts, (text) => Number(text.split('/')[0]))].map(([batch, events]) => [batch, events.length]),
  )
}

/** Numbers of the batches whose first message can be read in the journal's files. */
const readableBatches = (): readonly number[] => {
  const journal = path.join(directory, 'journal')
  const text = readdirSync(journal).map((name) => readFileSync(path.join(journal, name), 'latin1'))
  return [...text.join('').matchAll(/(\d+)\/0 x/g)].map(([, number]) => Number(number))
}

it('has everything that it acknowledged after it was killed', async () => {
  const acknowledged: number[] = []
  for (let kill = 0; kill < KILLS; kill++)
    acknowledged.push(
      ...(await killedAfter(20 + Math.floor(Math.random() * 150), kill * 100_000, KEYS[kill % KEYS.length])),
    )
  const isSealed = (batch: number): boolean =>
    batch % 2 === 1 && KEYS[Math.floor(batch / 100_000) % KEYS.length] !== undefined
  expect(readableBatches().filter(isSealed)).toEqual([])
  const store = await FileLogStore.open({ directory, groups: keyedLogGroups(), log: silentLog })
  const found = await batchesIn(store)
  expect(acknowledged.filter((batch) => !found.has(batch))).toEqual([])
  // A batch is there as a whole or not at all.
  expect([...found].filter(([batch, events]) => events !== 1 + (batch % 50))).toEqual([])
  await store.close()
})
