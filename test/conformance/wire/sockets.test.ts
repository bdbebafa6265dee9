/** What comes over a socket and is not quite a request: too large, in pieces, out of turn, or not HTTP at all. */
import { once } from 'node:events'
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, it } from 'vitest'
import { signRequest } from '../../../src/model/signature-v4.ts'
import { configureServer } from '../../../src/wire/listener.ts'
import { CREDENTIALS, REGION, type ToyOptions, type ToyServer, toyServer } from './toy-server.ts'

let server: ToyServer | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

const start = async (
  options: ToyOptions = { ecs: { ListClusters: () => ({ clusterArns: [] }) } },
): Promise<ToyServer> => {
  server = await toyServer(options)
  return server
}

const signedHeaders = (endpoint: string, body: string, target = 'ListClusters'): Record<string, string> =>
  signRequest({
    method: 'POST',
    url: new URL(endpoint),
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `AmazonEC2ContainerServiceV20141113.${target}`,
    },
    body,
    region: REGION,
    service: 'ecs',
    credentials: CREDENTIALS,
    now: Date.now(),
  })

interface Answer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

const answerOf = async (response: IncomingMessage): Promise<Answer> => ({
  status: response.statusCode ?? 0,
  headers: response.headers,
  body: await text(response),
})

interface Sending {
  readonly method?: string
  readonly path?: string
  readonly headers?: Record<string, string | string[]>
  /** Written one after the other; more than one makes the body chunked. */
  readonly pieces?: readonly (string | Buffer)[]
}

const send = async (
  endpoint: string,
  { method = 'POST', path = '/', headers = {}, pieces = [] }: Sending,
): Promise<Answer> => {
  const outgoing = httpRequest(new URL(path, endpoint), { method, headers })
  const response = once(outgoing, 'response') as Promise<[IncomingMessage]>
  for (const piece of pieces) outgoing.write(piece)
  outgoing.end()
  return answerOf((await response)[0])
}

/** Everything the server says to bytes written as they are, until it closes the connection. */
const sendRaw = async (port: number, bytes: string): Promise<string> => {
  const socket = connect(port, '127.0.0.1')
  socket.write(bytes)
  return text(socket)
}

const typeOf = ({ body }: Answer): unknown => (JSON.parse(body) as { __type: unknown }).__type

describe('bodies', () => {
  it('of 50 MB are refused, and the sender gets to hear it', async () => {
    const { endpoint } = await start()
    const piece = Buffer.alloc(1024 * 1024, ' ')
    const answer = await send(endpoint, { headers: signedHeaders(endpoint, ''), pieces: Array<Buffer>(50).fill(piece) })
    expect([answer.status, typeOf(answer)]).toEqual([413, 'RequestEntityTooLargeException'])
    expect(answer.headers['x-amzn-requestid']).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('may come in chunks', async () => {
    const { endpoint } = await start()
    const answer = await send(endpoint, {
      headers: signedHeaders(endpoint, '{"maxResults":1}'),
      pieces: ['{"max', 'Results', '":1}'],
    })
    expect([answer.status, answer.body]).toEqual([200, '{"clusterArns":[]}'])
  })

  it('that wait for leave get it, unless they would be too large', async () => {
    const { endpoint } = await start()
    const asking = async (length: number): Promise<[boolean, number]> => {
      const headers = { ...signedHeaders(endpoint, '{}'), expect: '100-continue', 'content-length': String(length) }
      const outgoing = httpRequest(endpoint, { method: 'POST', headers })
      let isGranted = false
      outgoing.on('continue', () => {
        isGranted = true
        outgoing.end('{}')
      })
      outgoing.flushHeaders()
      const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
      const { status } = await answerOf(response)
      outgoing.destroy()
      return [isGranted, status]
    }
    expect(await asking(2)).toEqual([true, 200])
    expect(await asking(50 * 1024 * 1024)).toEqual([false, 413])
  })

  it('that never end do not trouble the server when their sender leaves', async () => {
    const { endpoint, port } = await start()
    const socket = connect(port, '127.0.0.1')
    socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{')
    await once(socket, 'connect')
    socket.destroy()
    expect((await send(endpoint, { headers: signedHeaders(endpoint, '{}'), pieces: ['{}'] })).status).toBe(200)
  })
})

describe('headers', () => {
  it('that are signed but came twice are refused', async () => {
    const { endpoint, port } = await start()
    const headers = Object.entries(signedHeaders(endpoint, '{}')).map(([name, value]) => `${name}: ${value}\r\n`)
    const twice = 'x-amz-target: AmazonEC2ContainerServiceV20141113.DeleteCluster\r\n'
    const answer = await sendRaw(
      port,
      `POST / HTTP/1.1\r\n${headers.join('')}${twice}content-length: 2\r\nconnection: close\r\n\r\n{}`,
    )
    expect(answer).toMatch(/^HTTP\/1\.1 400 /)
  })

  it('beyond all measure are refused', async () => {
    const { port } = await start()
    expect(await sendRaw(port, `GET / HTTP/1.1\r\nhost: x\r\nx-long: ${'a'.repeat(100_000)}\r\n\r\n`)).toContain(
      '431 Request Header Fields Too Large',
    )
  })
})

describe('methods and paths', () => {
  it('answers HEAD without a body', async () => {
    const { endpoint } = await start()
    const answer = await send(endpoint, { method: 'HEAD' })
    expect([answer.status, answer.body]).toEqual([200, ''])
    expect(Number(answer.headers['content-length'])).toBeGreaterThan(0)
  })

  it('answers OPTIONS with what there is', async () => {
    const { endpoint } = await start()
    expect((await send(endpoint, { method: 'OPTIONS' })).headers.allow).toBe('GET, HEAD, OPTIONS, POST')
  })

  it('gives paths of others to them', async () => {
    const say = (word: string) => (_request: IncomingMessage, response: { end(text: string): unknown }) =>
      void response.end(word)
    const { endpoint } = await start({ routes: { '/health': say('healthy'), '/v2/': say('registry') } })
    const bodies = await Promise.all(
      ['/health', '/health?verbose', '/v2/', '/v2', '/v2/a/b'].map(
        async (path) => (await send(endpoint, { method: 'GET', path })).body,
      ),
    )
    expect(bodies).toEqual(['healthy', 'healthy', 'registry', 'registry', 'registry'])
    expect((await send(endpoint, { method: 'GET', path: '/healthy' })).status).toBe(404)
  })

  it('takes whole URLs as proxies send them', async () => {
    const { endpoint, port } = await start()
    const headers = Object.entries(signedHeaders(endpoint, '{}')).map(([name, value]) => `${name}: ${value}\r\n`)
    const answer = await sendRaw(
      port,
      `POST ${endpoint}/ HTTP/1.1\r\n${headers.join('')}content-length: 2\r\nconnection: close\r\n\r\n{}`,
    )
    expect(answer).toMatch(/^HTTP\/1\.1 200 /)
  })
})

describe('what is not HTTP', () => {
  it('gets a bare status', async () => {
    const { port } = await start()
    expect(await sendRaw(port, 'not http at all\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 Bad Request/)
  })

  it('cannot hang about for ever', () => {
    const configured = createServer()
    configureServer(configured)
    expect([configured.headersTimeout, configured.timeout, configured.keepAliveTimeout]).toEqual([
      10_000, 120_000, 75_000,
    ])
  })

  it('has a minute to send a whole call', async () => {
    const delays: number[] = []
    const setTimer = (delayMs: number, callback: () => void) => {
      delays.push(delayMs)
      setImmediate(callback)
      return { cancel: () => {} }
    }
    const { port } = await start({ clock: { setTimer } })
    const socket = connect(port, '127.0.0.1')
    socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nbegin')
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 408 /)
    expect(delays).toEqual([60_000])
  })
})
