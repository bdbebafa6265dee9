import { createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { passingStores } from '../../test/passing-stores.ts'
import { aSealer, emptyStore } from '../../test/services-deps.ts'
import { SystemClock } from '../kit/clock.ts'
import { SystemIds } from '../kit/ids.ts'
import { silentLog } from '../kit/log.ts'
import { registry } from './registry.ts'

let server: Server | undefined

afterEach(() => server?.close())

/** A registry that believes everybody, as with --dev. */
const aTrustingRegistry = async (): Promise<number> => {
  const clock = new SystemClock()
  const { blobs } = passingStores(clock)
  server = createServer(
    registry({
      store: await emptyStore(),
      blobs,
      clock,
      ids: new SystemIds(),
      log: silentLog,
      guard: { applies: () => false, check: () => {} },
      sealer: aSealer(),
      account: '000000000000',
      region: 'eu-west-1',
      isDev: true,
      audit: undefined,
    }).listener,
  )
  await new Promise<void>((listening) => server?.listen(0, '127.0.0.1', listening))
  return (server.address() as AddressInfo).port
}

const ask = (port: number, headers: Record<string, string>): Promise<string> =>
  new Promise((resolve, reject) => {
    request({ port, host: '127.0.0.1', path: '/v2/', headers, agent: false }, (answer) => {
      let text = ''
      answer.on('data', (piece: Buffer) => (text += piece.toString()))
      answer.on('end', () => resolve(`${answer.statusCode} ${text}`))
    })
      .on('error', reject)
      .end()
  })

describe('a registry that believes everybody', () => {
  it('believes no web pages of other sites', async () => {
    const port = await aTrustingRegistry()
    expect(await ask(port, {})).toBe('200 {}')
    expect(await ask(port, { origin: 'http://localhost:3000' })).toBe('200 {}')
    const host = `evil.example:${port}`
    const refused = [{ origin: `http://${host}`, host }, { 'sec-fetch-site': 'cross-site' }, { origin: 'null' }]
    for (const headers of refused) expect(await ask(port, headers)).toMatch(/^403 .*"DENIED".*web pages of other sites/)
  })
})
