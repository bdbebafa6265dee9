import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { UserError } from '../kit/command.ts'
import { silentLog } from '../kit/log.ts'
import { type MasterKey, sealingKeyId } from '../kit/sealing.ts'
import { CLEAN_UP_ROWS } from '../model/limits.ts'
import { JournalError, MemoryJournal } from '../store/journal/journal.ts'
import { sealedValues } from '../store/sealed-members.ts'
import { Store } from '../store/store.ts'
import { openMasterKey } from './master-key.ts'
import { addMasterKey, ownMasterKeyFile, readMasterKeys } from './master-key-file.ts'
import { rotateMasterKeyCommand } from './rotate-master-key.ts'

let dataDir: string
let file: string
let journal: MemoryJournal

beforeEach(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'longshore-master-key-'))
  file = ownMasterKeyFile(dataDir)
  journal = new MemoryJournal()
})
afterEach(() => rmSync(dataDir, { recursive: true }))

/** A server that starts over what the one before it left. */
const start = async (givenFile?: string): Promise<{ store: Store; key: MasterKey }> => {
  const store = await Store.open(journal, () => {})
  return { store, key: await openMasterKey({ dataDir, givenFile, store, log: silentLog }) }
}
/** Keeps that many secrets, the name of each. */
const keep = async (count: number): Promise<void> => {
  const { store, key } = await start()
  await store.transact((tx) => {
    for (let index = 0; index < count; index++)
      tx.installationKeys.insert({ name: `k${index}`, sealedKey: key.seal(Buffer.from(`k${index}`), `k${index}`) })
  })
}
const rotate = (): void => void addMasterKey(file)
const keyIds = (): readonly string[] => (readMasterKeys(file) ?? []).map(({ id }) => id)
const sealedWith = (store: Store): ReadonlySet<string> =>
  new Set([...sealedValues(store.tables)].map(({ sealed }) => sealingKeyId(sealed)))
const expectAllToOpen = ({ store, key }: Awaited<ReturnType<typeof start>>): void => {
  const values = [...sealedValues(store.tables)]
  expect(values.map(({ sealed, purpose }) => key.open(sealed, purpose).toString())).toEqual(
    values.map((row) => row.key),
  )
}

describe('the first start', () => {
  it('makes a file for its owner alone, which later starts use', async () => {
    const { key } = await start()
    const sealed = key.seal(Buffer.from('x'), 'p')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect((await start()).key.open(sealed, 'p').toString()).toBe('x')
  })

  it('makes none in the place of one that is lost', async () => {
    await keep(1)
    rmSync(file)
    await expect(start()).rejects.toThrowError(/is missing, and nothing else opens the secrets/)
    expect(existsSync(file)).toBe(false)
  })
})

describe('a file that is not as it should be', () => {
  const expectRefusal = async (message: RegExp, givenFile?: string): Promise<void> => {
    const before = existsSync(file) ? readFileSync(file, 'utf8') : undefined
    await expect(start(givenFile)).rejects.toThrowError(message)
    await expect(start(givenFile)).rejects.toBeInstanceOf(UserError)
    expect(existsSync(file) ? readFileSync(file, 'utf8') : undefined).toBe(before)
  }

  it.each([
    ['torn', '{"keys": [{"id": "m1", "k', /damaged \(it holds no JSON object\)/],
    ['empty', '', /damaged \(it holds no JSON object\)/],
    ['of another kind', '[]', /damaged \(it holds no key\)/],
    ['without keys', '{"keys": []}', /damaged \(it holds no key\)/],
    ['with a short key', '{"keys": [{"id": "m1", "key": "00"}]}', /"m1" is not 64 hexadecimal digits/],
    ['with an id that has a dot', `{"keys": [{"id": "m.1", "key": "${'0'.repeat(64)}"}]}`, /id of a key/],
    [
      'with one key twice',
      `{"keys": [${Array(2)
        .fill(`{"id":"a","key":"${'0'.repeat(64)}"}`)
        .join()}]}`,
      /one id/,
    ],
  ])('is refused, and stays: %s', async (_what, text, message) => {
    await keep(1)
    writeFileSync(file, text)
    await expectRefusal(message)
  })

  it('is refused if others can read it', async () => {
    await keep(1)
    chmodSync(file, 0o640)
    await expectRefusal(/Others than its owner may use .* chmod 600/)
  })

  it('is refused if it is of another installation', async () => {
    await keep(1)
    const key = 'ab'.repeat(32)
    writeFileSync(file, JSON.stringify({ keys: [{ id: 'm1', key }] }))
    await expectRefusal(/does not open the secrets .* sealed with the key "m1"/)
    writeFileSync(file, JSON.stringify({ keys: [{ id: 'other', key }] }))
    await expectRefusal(/does not open the secrets .* sealed with the key "m1"/)
  })

  it('is refused if it was given and is not there', async () => {
    await expectRefusal(/There is no master key file .*given.json/, path.join(dataDir, 'given.json'))
  })
})

describe('a new master key', () => {
  it('seals everything anew at the next start, which drops the old one', async () => {
    await keep(CLEAN_UP_ROWS + 1)
    rotate()
    expect(keyIds()).toEqual(['m2', 'm1'])
    const started = await start()
    expect(keyIds()).toEqual(['m2'])
    expect(sealedWith(started.store)).toEqual(new Set(['m2']))
    expectAllToOpen(started)
    expectAllToOpen(await start())
  })

  it('does not disturb a server that still runs with the old one', async () => {
    await keep(1)
    const running = await start()
    rotate()
    rotate()
    const sealedKey = running.key.seal(Buffer.from('late'), 'late')
    await running.store.transact((tx) => tx.installationKeys.insert({ name: 'late', sealedKey }))
    const started = await start()
    expect(keyIds()).toEqual(['m3'])
    expectAllToOpen(started)
  })

  it('can be cut off at any write, and goes on at the next start', async () => {
    const portions = 3
    await keep(CLEAN_UP_ROWS * (portions - 1) + 1)
    for (let writes = 0; writes < portions; writes++) {
      rotate()
      const ids = keyIds()
      const store = await Store.open(failingAfter(writes), () => {})
      const opening = openMasterKey({ dataDir, givenFile: undefined, store, log: silentLog })
      await expect(opening).rejects.toThrowError(JournalError)
      expect(keyIds()).toEqual(ids)
      expectAllToOpen(await start())
      expect(keyIds()).toEqual(ids.slice(0, 1))
    }
  })

  it('that is given from outside leaves the file to its owner', async () => {
    const givenFile = path.join(dataDir, 'given.json')
    const keys = [1, 2].map((byte) => ({ id: `k${byte}`, key: Buffer.alloc(32, byte).toString('hex') }))
    const give = (given: readonly object[]) =>
      writeFileSync(givenFile, JSON.stringify({ keys: given }), { mode: 0o600 })
    give(keys.slice(0, 1))
    const { store, key } = await start(givenFile)
    const sealedKey = key.seal(Buffer.from('a'), 'a')
    await store.transact((tx) => tx.installationKeys.insert({ name: 'a', sealedKey }))
    give(keys.toReversed())
    expect(sealedWith((await start(givenFile)).store)).toEqual(new Set(['k2']))
    expect(JSON.parse(readFileSync(givenFile, 'utf8'))).toEqual({ keys: keys.toReversed() })
    give(keys.slice(1))
    expectAllToOpen(await start(givenFile))
    expect(existsSync(file)).toBe(false)
    await expect(
      rotateMasterKeyCommand.run({ 'data-dir': dataDir, 'master-key-file': givenFile }, [], []),
    ).rejects.toThrowError(/comes from .* put a new key first/)
  })

  it('keeps the old one while something sealed with it is damaged', async () => {
    await keep(2)
    const id = 'installationKeys\0k1'
    const entry = journal.rows.get(id)
    journal.rows.set(id, { ...entry, row: entry?.row?.replace(/.{3}"}$/, 'AAA"}') } as never)
    rotate()
    const { store, key } = await start()
    expect(keyIds()).toEqual(['m2', 'm1'])
    const [first] = sealedValues(store.tables)
    expect(first && key.open(first.sealed, first.purpose).toString()).toBe('k0')
  })

  it('needs a first one', () => {
    expect(rotate).toThrowError(/the first start of a server makes it/)
  })
})

/** The journal of a process that ends at its write number `writes`, counted from zero. */
const failingAfter = (writes: number): MemoryJournal => {
  const cut = new MemoryJournal()
  cut.load = (visit) => journal.load(visit)
  cut.append = (entries) => {
    if (writes-- <= 0) throw new JournalError('The power went.')
    journal.append(entries)
  }
  return cut
}
