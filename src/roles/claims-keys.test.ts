import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createPublicKey } from 'node:crypto'
import { expect, it } from 'vitest'
import { claimsKey } from '../model/load-balancing/claims-key.ts'
import { CLAIMS_KEYS_PATH, claimsKeys } from './claims-keys.ts'

it('tells the public key of what balancers sign by its id, and nothing else', async () => {
  const server = createServer(claimsKeys('secret')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const ask = (path: string, method = 'GET') =>
    fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, { method })
  const { keyId, publicKey } = claimsKey('secret')
  const told = await ask(`${CLAIMS_KEYS_PATH}${keyId}`)
  expect([told.status, await told.text()]).toEqual([200, publicKey])
  expect(createPublicKey(publicKey).asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' })
  expect((await ask(`${CLAIMS_KEYS_PATH}${claimsKey('another').keyId}`)).status).toBe(404)
  expect((await ask(CLAIMS_KEYS_PATH)).status).toBe(404)
  expect((await ask(`${CLAIMS_KEYS_PATH}${keyId}`, 'POST')).status).toBe(404)
  server.close()
  server.closeAllConnections()
})
