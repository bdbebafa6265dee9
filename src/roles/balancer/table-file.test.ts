import { appendFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Told } from '../../agentlink/balancer-client.ts'
import { ReceivedTable, type TableChange } from '../../agentlink/received-table.ts'
import { TableFile } from './table-file.ts'

const welcome = { cookieKey: 'key', suffix: 'localhost' }

const trustStore = (key: string, text = key): TableChange => ({
  type: 'set',
  item: { kind: 'trustStore', key, value: { trustStoreArn: key, caCertificatesBundle: text, revocations: [] } },
})

/** What one connection says. */
const conversation = () => {
  const received = new ReceivedTable()
  return (revision: number, ...changes: readonly TableChange[]): Told => {
    for (const change of changes) received.apply(change)
    return { ...received.complete(), revision, welcome }
  }
}

const directory = (): string => mkdtempSync(path.join(tmpdir(), 'longshore-table-'))

describe('the file of the last table', () => {
  it('is none before something was kept', () => {
    expect(new TableFile(directory()).read()).toBeUndefined()
  })

  it('gives what was kept last, change by change', () => {
    const [place, say] = [directory(), conversation()]
    const file = new TableFile(place)
    file.keep(say(1, trustStore('a'), trustStore('b')))
    file.keep(say(2, trustStore('b', 'new'), { type: 'remove', kind: 'trustStore', key: 'a' }))
    const told = new TableFile(place).read()
    expect(told).toMatchObject({ revision: 2, welcome, isFirst: true })
    expect([...(told?.table.trustStores ?? [])]).toEqual([
      ['b', { trustStoreArn: 'b', caCertificatesBundle: 'new', revocations: [] }],
    ])
  })

  it('forgets what another connection does not have', () => {
    const place = directory()
    const file = new TableFile(place)
    file.keep(conversation()(1, trustStore('a')))
    file.keep(conversation()(2, trustStore('b')))
    expect([...(new TableFile(place).read()?.table.trustStores.keys() ?? [])]).toEqual(['b'])
  })

  it('does not count what was written in part', () => {
    const [place, say] = [directory(), conversation()]
    new TableFile(place).keep(say(1, trustStore('a')))
    appendFileSync(path.join(place, 'routing-table.jsonl'), `${JSON.stringify(trustStore('b'))}\n{"type":"rea`)
    const told = new TableFile(place).read()
    expect(told?.revision).toBe(1)
    expect([...(told?.table.trustStores.keys() ?? [])]).toEqual(['a'])
  })

  it('is written whole again after it could not be written', () => {
    const [place, say] = [directory(), conversation()]
    const file = new TableFile(place)
    file.keep(say(1, trustStore('a')))
    rmSync(place, { recursive: true })
    writeFileSync(place, '')
    expect(() => file.keep(say(2, trustStore('b')))).toThrow('ENOTDIR')
    rmSync(place)
    file.keep(say(3, trustStore('c')))
    expect([...(new TableFile(place).read()?.table.trustStores.keys() ?? [])]).toEqual(['a', 'b', 'c'])
  })

  it('is its owner’s alone, and does not grow for ever', () => {
    const [place, say] = [directory(), conversation()]
    const file = new TableFile(place)
    file.keep(say(1, trustStore('a')))
    const kibibytes = (): number => statSync(path.join(place, 'routing-table.jsonl')).size / 1024
    for (let revision = 2; revision < 100; revision++) {
      file.keep(say(revision, trustStore('a', 'x'.repeat(50_000))))
      expect(kibibytes()).toBeLessThan(1200)
    }
    expect(statSync(path.join(place, 'routing-table.jsonl')).mode & 0o777).toBe(0o600)
    expect(new TableFile(place).read()?.revision).toBe(99)
  })
})
