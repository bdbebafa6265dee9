import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { canReceive, refusedSockets } from './sockets.ts'

describe('datagrams', () => {
  it('can be received where nobody else does, at addresses of this host', async () => {
    const holder = createSocket('udp4').bind({ port: 0, address: '127.0.0.1' })
    await once(holder, 'listening')
    const { port } = holder.address()
    const whileHeld = await canReceive(`127.0.0.1:${port}`)
    holder.close()
    await once(holder, 'close')

    expect(whileHeld).toBe(false)
    expect(await canReceive(`127.0.0.1:${port}`)).toBe(true)
    expect(await canReceive(`203.0.113.7:${port}`)).toBe(false)
  })

  it('cannot where nginx says so', () => {
    expect(
      refusedSockets(
        'nginx: [emerg] bind() to 127.0.0.1:53 failed (98: Address already in use)\nnginx: [emerg] still could not bind()',
      ),
    ).toEqual(['127.0.0.1:53'])
  })
})
