import { mkdtempSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { silentLog } from '../../kit/log.ts'
import { hashHex } from '../../model/signature-v4.ts'
import { LogSpool } from './log-spool.ts'
import { PUT_LOG_EVENTS, type RelayedCall } from './relayed-call.ts'

let directory: string
beforeEach(() => (directory = path.join(mkdtempSync(path.join(tmpdir(), 'log-spool-')), 'spool')))
afterEach(() => rmSync(path.dirname(directory), { recursive: true, force: true }))

const open = () => LogSpool.open(directory, silentLog)

const events = (text: string): RelayedCall => ({
  target: PUT_LOG_EVENTS,
  region: 'eu-west-1',
  body: Buffer.from(text),
  payloadHash: hashHex(text),
})

const textsLeft = async (spool: LogSpool, accessKeyId: string): Promise<(string | undefined)[]> => {
  const calls = await Promise.all(spool.takeLeft(accessKeyId).map(({ read }) => read()))
  return calls.map((call) => call && Buffer.from(call.body).toString())
}

it('has what was kept before, by container, in order', async () => {
  const spool = await open()
  for (let number = 1; number <= 12; number++) await spool.keep(number % 2 ? 'odd' : 'even', events(`line\n${number}`))
  const next = await open()
  expect(next.containersLeft).toEqual(['odd', 'even'])
  expect(await textsLeft(next, 'even')).toEqual([2, 4, 6, 8, 10, 12].map((number) => `line\n${number}`))
  expect(next.containersLeft).toEqual(['odd'])
})

it('gives a call as it came', async () => {
  const kept = await (await open()).keep('web', events('ü'))
  expect(kept?.bytes).toBe(2)
  expect(await kept?.read()).toEqual(events('ü'))
})

it('goes on behind what is there', async () => {
  await (await open()).keep('web', events('a'))
  await (await open()).keep('web', events('b'))
  expect(await textsLeft(await open(), 'web')).toEqual(['a', 'b'])
})

it('has nothing any more of what was removed', async () => {
  const kept = await (await open()).keep('web', events('a'))
  await kept?.remove()
  await kept?.remove()
  expect((await open()).containersLeft).toEqual([])
})

it.each([0, 10, 120])('leaves out what was written up to byte %i when its agent was killed', async (bytes) => {
  await (await open()).keep('web', events('a'.repeat(100)))
  truncateSync(path.join(directory, '1'), bytes)
  expect((await open()).containersLeft).toEqual([])
  expect(readdirSync(directory)).toEqual([])
})

it('says that the disk does not take something', async () => {
  const spool = await open()
  rmSync(directory, { recursive: true })
  expect(await spool.keep('web', events('a'))).toBeUndefined()
})

it('keeps what containers say to itself', async () => {
  await (await open()).keep('web', events('a'))
  expect([directory, path.join(directory, '1')].map((file) => statSync(file).mode & 0o777)).toEqual([0o700, 0o600])
})
