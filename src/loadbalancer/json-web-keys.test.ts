import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { ManualClock, settle } from '../kit/clock.ts'
import { silentLog } from '../kit/log.ts'
import type { RoutingTable } from '../model/load-balancing/routing.ts'
import { JsonWebKeys, verificationKeys } from './json-web-keys.ts'

const URL = 'https://id.example.com/keys'

/** Rules check tokens by these keys. */
const checking = (...urls: readonly string[]): RoutingTable => {
  const actions = urls.map((JwksEndpoint) => ({ Type: 'jwt-validation', JwtValidationConfig: { JwksEndpoint } }))
  const listeners = [{ rules: [{ actions }] }]
  return { loadBalancers: new Map([['web', { listeners }]]) } as unknown as RoutingTable
}

const aKey = (kid: string) => {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return { ...publicKey.export({ format: 'jwk' }), kid, use: 'sig' }
}

const keys = () => {
  const clock = new ManualClock()
  const world = { sets: new Map<string, string>(), fetched: 0, changes: 0 }
  const known = new JsonWebKeys({
    clock,
    log: silentLog,
    onChange: () => void world.changes++,
    fetchText: (url) => {
      world.fetched++
      const text = world.sets.get(url)
      return text === undefined ? Promise.reject(new Error('nobody answers')) : Promise.resolve(text)
    },
  })
  return { clock, world, known }
}

describe('keys of token issuers', () => {
  it('are those of a set that check signatures', () => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const set = [
      aKey('one'),
      { ...aKey('two'), use: 'enc' },
      publicKey.export({ format: 'jwk' }),
      generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({ format: 'jwk' }),
      { kty: 'oct', k: 'AA' },
    ]
    const found = verificationKeys(JSON.stringify({ keys: set }))
    expect(found.map(({ keyId, type }) => [keyId, type])).toEqual([
      ['one', 'RSA'],
      [undefined, 'EC'],
    ])
    expect(found[0]?.publicKey).toContain('BEGIN PUBLIC KEY')
    expect(() => verificationKeys('{}')).toThrow('no JSON web key set')
  })

  it('are fetched for rules that name an endpoint, and again from time to time', async () => {
    const { clock, world, known } = keys()
    world.sets.set(URL, JSON.stringify({ keys: [aKey('one')] }))
    known.serve(checking())
    expect(world.fetched).toBe(0)
    known.serve(checking(URL, URL))
    known.serve(checking(URL))
    await settle()
    expect([world.fetched, world.changes, known.keys.get(URL)?.[0]?.keyId]).toEqual([1, 1, 'one'])
    await clock.advance(600_000)
    expect([world.fetched, world.changes]).toEqual([2, 1])
    world.sets.set(URL, JSON.stringify({ keys: [aKey('two')] }))
    await clock.advance(600_000)
    expect([world.changes, known.keys.get(URL)?.[0]?.keyId]).toEqual([2, 'two'])
  })

  it('stay good while their endpoint does not answer, and are forgotten with their rules', async () => {
    const { clock, world, known } = keys()
    known.serve(checking(URL))
    await settle()
    expect(known.keys.size).toBe(0)
    world.sets.set(URL, JSON.stringify({ keys: [aKey('one')] }))
    await clock.advance(10_000)
    expect(known.keys.size).toBe(1)
    world.sets.set(URL, 'no longer a set')
    await clock.advance(1_200_000)
    expect(known.keys.size).toBe(1)
    known.serve(checking())
    const { fetched } = world
    await clock.advance(1_200_000)
    expect([known.keys.size, world.fetched]).toEqual([0, fetched])
  })
})
