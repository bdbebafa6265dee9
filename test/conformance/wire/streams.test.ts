/** Answers that go on, over real sockets. */
import { once } from 'node:events'
import { createServer, get, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { sendStream } from '../../../src/wire/send-stream.ts'

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

/** A server that answers with this stream; `ended` resolves when nobody reads it any more. */
const serve = async (chunks: () => AsyncGenerator<Buffer, void, void>, stallMs = 60_000) => {
  const { promise: ended, resolve } = Promise.withResolvers<void>()
  const sent = { chunks: 0 }
  async function* watched() {
    try {
      for await (const chunk of chunks()) {
        sent.chunks++
        yield chunk
      }
    } finally {
      resolve()
    }
  }
  const server = createServer((_, outgoing) =>
    sendStream(outgoing, { status: 200, headers: {}, stream: watched() }, stallMs),
  )
  closing.push(() => {
    server.closeAllConnections()
    server.close()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const request = get({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' })
  closing.push(() => request.destroy())
  const [incoming] = (await once(request, 'response')) as [IncomingMessage]
  // A connection that is cut is what these tests are about.
  incoming.on('error', () => undefined)
  return { incoming, ended, sent }
}

async function* endless() {
  for (;;) yield Buffer.alloc(64 * 1024)
}

describe('an answer that goes on', () => {
  it('comes as it is made, and ends with its stream', async () => {
    const { incoming, ended } = await serve(async function* () {
      yield Buffer.from('one ')
      yield Buffer.from('two')
    })
    expect(Buffer.concat(await incoming.toArray()).toString()).toBe('one two')
    expect(incoming.headers.connection).toBe('close')
    await ended
  })

  it('ends when the client is gone', async () => {
    const { incoming, ended } = await serve(endless)
    await once(incoming, 'data')
    incoming.destroy()
    await expect(ended).resolves.toBeUndefined()
  })

  it('waits for a client that is slow, and not for one that takes nothing', async () => {
    const { incoming, ended, sent } = await serve(endless, 200)
    await once(incoming, 'readable')
    await ended
    // What fits into the buffers of both ends, and no more.
    expect(sent.chunks).toBeLessThan(1000)
  })

  it('breaks off where its stream fails', async () => {
    const { incoming } = await serve(async function* () {
      yield Buffer.from('one')
      throw new Error('no more')
    })
    await expect(incoming.toArray()).rejects.toThrow('aborted')
  })
})
