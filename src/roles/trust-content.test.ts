import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { aSealer, emptyStore } from '../../test/services-deps.ts'
import { ManualClock } from '../kit/clock.ts'
import { trustContentPath } from '../model/load-balancing/trust-content-url.ts'
import { trustContent } from './trust-content.ts'

const HOUR_MS = 3_600_000
const trustStoreArn = 'arn:aws:elasticloadbalancing:us-east-1:000000000000:truststore/clients/0123456789abcdef'

let server: Server
let clock: ManualClock

beforeEach(async () => {
  const store = await emptyStore()
  clock = new ManualClock(0)
  await store.transact((tx) =>
    tx.trustStores.insert({
      trustStoreArn,
      account: '000000000000',
      region: 'us-east-1',
      name: 'clients',
      caCertificatesBundle: 'certificates',
      revocations: [{ revocationId: 2, content: 'revoked', revokedEntries: 1 }],
      createdAt: 0,
      tags: [],
    }),
  )
  server = createServer(trustContent({ store, clock, sealer: aSealer() }))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterEach(async () => {
  server.closeAllConnections()
  server.close()
  await once(server, 'close')
})

const get = async (path: string, method = 'GET'): Promise<string> => {
  const { port } = server.address() as AddressInfo
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method })
  return `${answer.status} ${await answer.text()}`
}

describe('the address of what a trust store holds', () => {
  it('leads there for an hour', async () => {
    const bundle = trustContentPath(aSealer(), { trustStoreArn }, 0)
    expect(await get(bundle)).toBe('200 certificates')
    expect(await get(trustContentPath(aSealer(), { trustStoreArn, revocationId: 2 }, 0))).toBe('200 revoked')
    await clock.advance(HOUR_MS)
    expect(await get(bundle)).toContain('403')
  })

  it('leads nowhere else', async () => {
    const gone = trustContentPath(aSealer(), { trustStoreArn, revocationId: 1 }, 0)
    for (const path of ['/trust-stores/', '/trust-stores/x', gone]) expect(await get(path)).toContain('403')
    expect(await get(trustContentPath(aSealer(), { trustStoreArn }, 0), 'PUT')).toContain('403')
  })
})
