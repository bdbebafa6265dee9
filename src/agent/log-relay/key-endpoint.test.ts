import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { expect, it } from 'vitest'
import { keyEndpointProblem } from './key-endpoint.ts'

it('is reached or not', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  expect(await keyEndpointProblem('127.0.0.1', port)).toBeUndefined()
  server.close()
  await once(server, 'close')
  expect(await keyEndpointProblem('127.0.0.1', port)).toContain('ECONNREFUSED')
})
