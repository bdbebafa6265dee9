import { once } from 'node:events'
import { createServer as createHttp2Server } from 'node:http2'
import { type AddressInfo, connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { aGroupRoute, aRoutingTable, aRuleRoute, aTargetRoute, forwardTo, type RouteOptions } from './a-route.ts'
import { ask, EchoTarget } from './echo-target.ts'
import { freePort, HaproxyUnderTest, PROGRAMS } from './haproxy-under-test.ts'

const BACKEND = 'web.73e2d6bc24d8a067'

const serving = async (
  program: string,
  options: Omit<RouteOptions, 'port' | 'rules'>,
  check: (port: number, haproxy: HaproxyUnderTest) => Promise<void>,
): Promise<void> => {
  const port = await freePort()
  const rules = [aRuleRoute('default', [], [forwardTo('web')])]
  const haproxy = await HaproxyUnderTest.start(program, aRoutingTable({ port, rules, ...options }), [port])
  try {
    await check(port, haproxy)
  } finally {
    await haproxy.stop()
  }
}

/** Bytes as they are, and what comes back, up to these words or to the end. */
const raw = async (port: number, bytes: string, last: string): Promise<string> => {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => socket.destroy())
  socket.write(bytes, 'latin1')
  let answer = ''
  socket.on('data', (data) => {
    answer += data.toString('latin1')
    if (answer.includes(last)) socket.destroy()
  })
  await once(socket, 'close')
  return answer
}

/** An HTTP/2 target that answers checks as gRPC servers do: with a status alone. */
const http2Target = async (grpcStatus: string) => {
  const seen: string[] = []
  const server = createHttp2Server()
  server.on('stream', (stream, headers) => {
    seen.push(`${headers[':method']} ${headers[':path']} ${headers['content-type'] ?? ''}`)
    stream.respond({ ':status': 200, 'content-type': 'application/grpc', 'grpc-status': grpcStatus })
    stream.end('over http/2')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { port: (server.address() as AddressInfo).port, seen, stop: () => server.close() }
}

/** The server's state, once its first check ended. */
const checked = async (haproxy: HaproxyUnderTest, target: number): Promise<string> => {
  for (;;) {
    const stats = await haproxy.command('show stat')
    const line = stats.split('\n').find((text) => text.startsWith(`${BACKEND},127.0.0.1:${target},`)) ?? ''
    const [status = '', check = ''] = [line.split(',')[17], line.split(',')[36]]
    if (check !== '' && !check.startsWith('INI') && !check.startsWith('* ')) return `${status} ${check}`
    await delay(20)
  }
}

describe.each(PROGRAMS)('protocols, by %s', (program) => {
  it.each([
    ['GRPC', '12', '12', /^UP L7OK$/],
    ['GRPC', '0', '0', /^UP L7OK$/],
    ['GRPC', '0-5,7', '12', /^(DOWN|UP 1\/2|UP) L7/],
    ['HTTP2', undefined, '0', /^UP L7OK$/],
  ] as const)(
    '%s to targets, checked for %s and answered with %s',
    async (protocolVersion, GrpcCode, grpcStatus, state) => {
      const target = await http2Target(grpcStatus)
      const healthCheck = {
        ...aGroupRoute('x', []).healthCheck,
        path: '/AWS.ALB/healthcheck',
        unhealthyThreshold: 2,
        matcher: GrpcCode === undefined ? { HttpCode: '200' } : { GrpcCode },
      }
      const groups = [aGroupRoute('web', [aTargetRoute(target.port)], { protocolVersion, healthCheck })]
      await serving(program, { groups }, async (port, haproxy) => {
        expect((await ask({ port, path: '/svc/Method' })).body).toBe('over http/2')
        expect(await checked(haproxy, target.port)).toMatch(state)
        const method =
          protocolVersion === 'GRPC' ? 'POST /AWS.ALB/healthcheck application/grpc' : 'GET /AWS.ALB/healthcheck '
        expect(target.seen).toContain(method)
      })
      target.stop()
    },
  )

  it('connections become WebSockets', async () => {
    const target = await EchoTarget.start()
    target.upgrade()
    await serving(program, { groups: [aGroupRoute('web', [aTargetRoute(target.port)])] }, async (port) => {
      const answer = await raw(
        port,
        'GET /socket HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\nhello',
        '<hello>',
      )
      expect(answer).toMatch(/^HTTP\/1\.1 101 /)
      expect(answer).toContain('<hello>')
    })
    await target.stop()
  })
})
