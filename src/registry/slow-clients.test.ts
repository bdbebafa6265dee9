/** Clients that take, or send, and then do not: their sockets end, and nothing that was held for them stays. */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { pushBlob, type RegistryServer, sha256, startRegistry } from '../../test/registry-server.ts'
import { ManualClock } from '../kit/clock.ts'
import { TRANSFER_PACE_MS } from '../model/registry-limits.ts'
import { Transfers } from './transfers.ts'

const STALL_MS = 300
const LAYER_BYTES = 24 * 1024 * 1024

describe('slow clients', () => {
  let registry: RegistryServer
  let clock: ManualClock
  let startedAt: number
  let traces = 0
  /** Until then no blob comes to its place. */
  let wait: Promise<void>

  beforeEach(async () => {
    clock = new ManualClock()
    wait = Promise.resolve()
    startedAt = clock.now()
    registry = await startRegistry({
      transfers: new Transfers(2),
      stallMs: STALL_MS,
      clock,
      beforeAdopt: () => wait,
      trace: () => void (traces += 1),
    })
    await registry.addRepository('web')
  })

  afterEach(() => registry.stop())

  const dial = async (...lines: readonly string[]): Promise<Socket> => {
    const socket = connect(Number(new URL(registry.url).port), '127.0.0.1')
    await once(socket, 'connect')
    socket.on('error', () => {})
    socket.write([...lines, 'Host: x', '', ''].join('\r\n'))
    return socket
  }

  const statusOf = async (place: string): Promise<number> => {
    const answer = await registry.send('GET', place)
    await answer.arrayBuffer()
    return answer.status
  }

  const ended = (socket: Socket): Promise<unknown> => {
    socket.resume()
    return once(socket, 'close')
  }

  it('that do not read what they asked for are cut, and make room', async () => {
    const digest = await pushBlob(registry, 'web', randomBytes(LAYER_BYTES))
    const sockets = await Promise.all([1, 2].map(() => dial(`GET /v2/web/blobs/${digest} HTTP/1.1`)))
    for (const socket of sockets) {
      await once(socket, 'readable')
      socket.pause()
    }
    let statuses = new Set<number>()
    while (!statuses.has(200)) statuses = statuses.add(await statusOf(`web/blobs/${digest}`))
    expect(statuses).toEqual(new Set([429, 200]))
    await Promise.all(sockets.map(ended))
  })

  it('that are refused, and never come to their end, are answered all the same', async () => {
    const socket = await dial('PUT /v2/web/tags/list HTTP/1.1', 'Content-Length: 1000')
    let answer = ''
    socket.on('data', (piece: Buffer) => (answer += piece.toString()))
    let isGone = false
    socket.on('close', () => (isGone = true))
    while (!isGone) {
      await new Promise((resolve) => setImmediate(resolve))
      await clock.advance(STALL_MS)
    }
    expect(answer).toMatch(/^HTTP\/1\.1 405 /)
    expect(answer).toContain('Connection: close')
  })

  it('that stop sending are cut, and what they sent is kept', async () => {
    const place = (await registry.send('POST', 'web/blobs/uploads/')).headers.get('Location') ?? ''
    const content = randomBytes(1000)
    const socket = await dial(`PATCH ${place} HTTP/1.1`, `Content-Length: ${content.length}`)
    socket.write(content.subarray(0, 400))
    await ended(socket)
    const { headers } = await registry.send('GET', place.slice('/v2/'.length))
    expect(headers.get('Range')).toBe('0-399')
    const done = await registry.send(
      'PUT',
      `${place.slice('/v2/'.length)}?digest=${sha256(content)}`,
      content.subarray(400),
    )
    expect(done.status).toBe(201)
  })

  it('that say a byte now and then are cut as well', async () => {
    const place = (await registry.send('POST', 'web/blobs/uploads/')).headers.get('Location') ?? ''
    const socket = await dial(`PATCH ${place} HTTP/1.1`, 'Content-Length: 100000')
    const gone = ended(socket)
    let isGone = false
    void gone.then(() => (isGone = true))
    while (!isGone) {
      socket.write('x')
      // A look of the real clock comes between any two of this one.
      await new Promise((resolve) => setImmediate(resolve))
      await clock.advance(STALL_MS)
    }
    expect(clock.now() - startedAt).toBeGreaterThanOrEqual(TRANSFER_PACE_MS)
  })

  it('that leave in the middle were not refused anything', async () => {
    const place = (await registry.send('POST', 'web/blobs/uploads/')).headers.get('Location') ?? ''
    const before = traces
    const socket = await dial(`PATCH ${place} HTTP/1.1`, 'Content-Length: 1000')
    socket.write(randomBytes(10))
    socket.end()
    await ended(socket)
    expect((await registry.send('GET', place.slice('/v2/'.length))).status).toBe(204)
    expect(traces).toBe(before)
  })

  it('that only wait are not cut', async () => {
    const place = (await registry.send('POST', 'web/blobs/uploads/')).headers.get('Location') ?? ''
    // As long as another one takes to be cut, which has something to say.
    const { promise, resolve } = Promise.withResolvers<void>()
    wait = promise
    const stalled = dial(`PATCH ${place} HTTP/1.1`, 'Content-Length: 10').then(ended)
    void stalled.then(() => resolve())
    const content = randomBytes(10)
    const answer = await registry.send('POST', `web/blobs/uploads/?digest=${sha256(content)}`, content)
    expect(answer.status).toBe(201)
  })
})
