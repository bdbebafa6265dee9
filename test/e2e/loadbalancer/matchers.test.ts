import { createServer, type Server } from 'node:http'
import { createServer as createHttp2Server, type Http2Server } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { Matcher } from '@aws-sdk/client-elastic-load-balancing-v2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { aGroupRoute, aRoutingTable, aRuleRoute, aTargetRoute, forwardTo } from './a-route.ts'
import { freePort, HaproxyUnderTest, PROGRAMS } from './haproxy-under-test.ts'

type Check = readonly [answered: string, matcher: Matcher, isHealthy: boolean]

/** A path of each status. */
const HTTP: readonly Check[] = [
  ['200', { HttpCode: '200' }, true],
  ['204', { HttpCode: '200' }, false],
  ['204', { HttpCode: '200,204' }, true],
  ['301', { HttpCode: '200,204' }, false],
  ['301', { HttpCode: '200-399' }, true],
  ['400', { HttpCode: '200-399' }, false],
  ['404', { HttpCode: '200-299,404' }, true],
  ['403', { HttpCode: '200-299,404-499' }, false],
  ['499', { HttpCode: '200-299,404-499' }, true],
  ['503', { HttpCode: '200-499' }, false],
]

const GRPC: readonly Check[] = [
  ['12', { GrpcCode: '12' }, true],
  ['0', { GrpcCode: '12' }, false],
  ['0', { GrpcCode: '0' }, true],
  ['1', { GrpcCode: '0-5,7' }, true],
  ['7', { GrpcCode: '0-5,7' }, true],
  ['6', { GrpcCode: '0-5,7' }, false],
  ['14', { GrpcCode: '1-13' }, false],
  ['99', { GrpcCode: '0-99' }, true],
  // A status behind a message is not seen: it counts as 0.
  ['message', { GrpcCode: '0' }, true],
  ['message', { GrpcCode: '12' }, false],
]

const listening = async <T extends Server | Http2Server>(server: T): Promise<T> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  return server
}

const portOf = (server: Server | Http2Server): number => (server.address() as AddressInfo).port

const nameOf = (kind: string, [answered, matcher]: Check): string =>
  `${kind}-${answered}-${JSON.stringify(matcher).replace(/[^0-9]+/g, '-')}`.replace(/-+$/, '')

describe.each(PROGRAMS)('health checks, by %s', (program) => {
  const asked = new Set<string>()
  let http: Server
  let grpc: Http2Server
  let haproxy: HaproxyUnderTest

  beforeAll(async () => {
    http = await listening(
      createServer((request, response) => {
        asked.add(`${request.method} ${request.headers['user-agent']}`)
        response.writeHead(Number(request.url?.slice(1))).end()
      }),
    )
    grpc = createHttp2Server()
    grpc.on('stream', (stream, headers) => {
      const status = headers[':path']?.slice(1) ?? ''
      asked.add(`${headers[':method']} ${headers['content-type']} ${String(headers['te'])}`)
      if (status !== 'message') stream.respond({ ':status': 200, 'grpc-status': status }, { endStream: true })
      else {
        stream.respond({ ':status': 200 }, { waitForTrailers: true })
        stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '12' }))
        stream.end('message')
      }
    })
    await listening(grpc)
    const port = await freePort()
    const { healthCheck } = aGroupRoute('x', [])
    const groups = [
      ...HTTP.map((check) =>
        aGroupRoute(nameOf('http', check), [aTargetRoute(portOf(http))], {
          healthCheck: { ...healthCheck, path: `/${check[0]}`, matcher: check[1] },
        }),
      ),
      ...GRPC.map((check) =>
        aGroupRoute(nameOf('grpc', check), [aTargetRoute(portOf(grpc))], {
          protocolVersion: 'GRPC',
          healthCheck: { ...healthCheck, path: `/${check[0]}`, matcher: check[1] },
        }),
      ),
    ]
    const rules = [
      ...groups.map(({ name }, index) =>
        aRuleRoute(
          index + 1,
          [{ Field: 'path-pattern', PathPatternConfig: { Values: [`/${name}`] } }],
          [forwardTo(name)],
        ),
      ),
      aRuleRoute('default', [], [forwardTo('none')]),
    ]
    haproxy = await HaproxyUnderTest.start(program, aRoutingTable({ port, groups, rules }), [port])
  })
  afterAll(async () => {
    await haproxy.stop()
    http.closeAllConnections()
    await new Promise((resolve) => http.close(resolve))
    grpc.close()
  })

  /** What its first check found. */
  const result = async (group: string): Promise<string> => {
    for (;;) {
      const [names = '', ...lines] = (await haproxy.command('show stat')).split('\n')
      const line = lines.find((text) => text.startsWith(`${group}.73e2d6bc24d8a067,127`)) ?? ''
      const check = line.split(',')[names.split(',').indexOf('check_status')] ?? ''
      if (check !== '' && !check.startsWith('INI') && !check.startsWith('* ')) return check
      await delay(20)
    }
  }

  it.each(HTTP)('of HTTP, answered with %s, for %o: %s', async (...check) => {
    expect((await result(nameOf('http', check))) === 'L7OK').toBe(check[2])
    expect(asked).toContain('GET ELB-HealthChecker/2.0')
  })

  it.each(GRPC)('of gRPC, answered with %s, for %o: %s', async (...check) => {
    expect((await result(nameOf('grpc', check))) === 'L7OK').toBe(check[2])
    expect(asked).toContain('POST application/grpc trailers')
  })
})
