import { once } from 'node:events'
import { Agent, createServer, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { aCertificatePair } from '../../builders/a-certificate.ts'
import { aTargetGroup } from '../../builders/a-load-balancer.ts'
import { aGroupRoute, aRoutingTable, aRuleRoute, aTargetRoute, forwardTo } from './a-route.ts'
import { ask, EchoTarget } from './echo-target.ts'
import { freePort, HaproxyUnderTest, PROGRAMS } from './haproxy-under-test.ts'

/** Far less than what attributes are where nobody set them. */
const SOON_MS = 15_000

const until = (socket: Socket, event: 'close' | 'data'): Promise<void> =>
  new Promise((resolve) => socket.once(event, () => resolve()))

const opened = (port: number, bytes: string): Socket => {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => socket.destroy()).resume()
  socket.write(bytes)
  return socket
}

/** It ends by a timeout of a second, of which some may have passed before anybody looked. */
const expectEnd = async (socket: Socket, beganAt = performance.now()): Promise<void> => {
  await until(socket, 'close')
  expect(performance.now() - beganAt).toBeGreaterThan(500)
  expect(performance.now() - beganAt).toBeLessThan(SOON_MS)
}

/** Load balancers have addresses of their own, or share one. */
const PLACES = [
  ['an own address', ['127.0.0.1'], {}],
  [
    'the shared address',
    ['127.66.0.1'],
    { sharedAddress: '127.0.0.1', isBindable: (address: string): boolean => address === '127.0.0.1' },
  ],
] as const
const EVERYWHERE = PROGRAMS.flatMap((program) => PLACES.map((place) => [program, ...place] as const))

describe.each(EVERYWHERE)('idle connections of HTTP, by %s at %s', (program, _place, addresses, settings) => {
  let [target, silent]: [EchoTarget?, Server?] = []
  let haproxy: HaproxyUnderTest
  let port: number

  beforeAll(async () => {
    target = await EchoTarget.start()
    target.upgrade()
    silent = createServer(() => undefined).listen(0, '127.0.0.1')
    await once(silent, 'listening')
    port = await freePort()
    const attributes = { 'idle_timeout.timeout_seconds': '1', 'client_keep_alive.seconds': '60' }
    const table = aRoutingTable({
      port,
      loadBalancer: { addresses, attributes },
      groups: [
        aGroupRoute('web', [aTargetRoute(target.port)]),
        aGroupRoute('slow', [aTargetRoute((silent.address() as AddressInfo).port)]),
      ],
      rules: [
        aRuleRoute(1, [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/slow'] } }], [forwardTo('slow')]),
        aRuleRoute('default', [], [forwardTo('web')]),
      ],
    })
    haproxy = await HaproxyUnderTest.start(program, table, [port], settings)
  })
  afterAll(async () => {
    await haproxy.stop()
    await target?.stop()
    silent?.closeAllConnections()
    silent?.close()
  })

  it.each([
    ['asked nothing', ''],
    ['did not end what they ask', 'GET / HTTP/1.1\r\nHost: a\r\n'],
    ['got their answer', 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['did not end their body', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nx'],
  ])('end that %s', async (_, bytes) => {
    await expectEnd(opened(port, bytes))
  })

  it('end to targets that do not answer', async () => {
    const began = performance.now()
    expect((await ask({ port, path: '/slow' })).status).toBe(504)
    expect(performance.now() - began).toBeGreaterThan(900)
    expect(performance.now() - began).toBeLessThan(SOON_MS)
  })

  it('end that became WebSockets, when nothing was said for too long', async () => {
    const socket = opened(
      port,
      'GET /socket HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
    )
    await until(socket, 'data')
    for (let turn = 0; turn < 12; turn++) {
      await delay(125)
      socket.write('hello')
      await until(socket, 'data')
    }
    await expectEnd(socket)
  })
})

describe.each(EVERYWHERE)('idle connections of TCP, by %s at %s', (program, _place, addresses, settings) => {
  const serving = async (
    attributes: Readonly<Record<string, string>>,
    check: (socket: Socket, haproxy: HaproxyUnderTest) => Promise<void>,
  ): Promise<void> => {
    const [target, port] = [await EchoTarget.start(), await freePort()]
    target.upgrade()
    const table = aRoutingTable({
      port,
      loadBalancer: { type: 'network', addresses },
      listener: { protocol: 'TCP', attributes },
      groups: [aGroupRoute('tcp', [aTargetRoute(target.port)], { protocol: 'TCP' })],
      rules: [aRuleRoute('default', [], [forwardTo('tcp')])],
    })
    const haproxy = await HaproxyUnderTest.start(program, table, [port], settings)
    try {
      const socket = opened(port, 'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
      await until(socket, 'data')
      await check(socket, haproxy)
      socket.destroy()
    } finally {
      await haproxy.stop()
      await target.stop()
    }
  }

  it('end', async () => {
    await serving({ 'tcp.idle_timeout.seconds': '1' }, (socket) => expectEnd(socket))
  })

  // HAProxy tells hours without seconds.
  it.each([
    [{}, 340, 350],
    [{ 'tcp.idle_timeout.seconds': '6000' }, 5940, 6000],
  ])('with %o end after %i to %i seconds', async (attributes, least, most) => {
    await serving(attributes, async (_socket, haproxy) => {
      const seconds = secondsLeft(await haproxy.command('show sess'))
      expect(seconds).toBeGreaterThanOrEqual(least)
      expect(seconds).toBeLessThanOrEqual(most)
    })
  })
})

/** Until the first side of a connection has been idle for too long. */
const secondsLeft = (sessions: string): number => {
  const connections = sessions.split('\n').filter((line) => !line.includes('fe=GLOBAL'))
  const times = connections.flatMap((line) => Array.from(line.matchAll(/\bre?x=(\w+)/g), ([, time = '']) => time))
  return Math.min(...times.map((time) => sum(Array.from(time.matchAll(/(\d+)([hms])/g), secondsOf))))
}

const SECONDS: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1 }
const secondsOf = ([, count = '', unit = '']: RegExpMatchArray): number => Number(count) * (SECONDS[unit] ?? 0)
const sum = (numbers: readonly number[]): number => numbers.reduce((one, other) => one + other, 0)

describe.each(PROGRAMS)('old connections and cookies, by %s', (program) => {
  it('connections that are old enough end with an answer that says so', async () => {
    const target = await EchoTarget.start()
    const port = await freePort()
    const table = aRoutingTable({
      port,
      loadBalancer: { attributes: { 'client_keep_alive.seconds': '3' } },
      groups: [aGroupRoute('web', [aTargetRoute(target.port)])],
      rules: [aRuleRoute('default', [], [forwardTo('web')])],
    })
    const haproxy = await HaproxyUnderTest.start(program, table, [port])
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    try {
      expect((await ask({ port, agent })).headers.connection).not.toBe('close')
      // Ages are whole seconds of the clock.
      const began = performance.now()
      let connection: string | undefined
      while (connection !== 'close') {
        await delay(50)
        ;({ connection } = (await ask({ port, agent })).headers)
      }
      expect(performance.now() - began).toBeLessThan(30_000)
    } finally {
      agent.destroy()
      await haproxy.stop()
      await target.stop()
    }
  })

  it('cookies for other sites are for HTTPS alone, where there is HTTPS', async () => {
    const targets = [await EchoTarget.start('one'), await EchoTarget.start('two')]
    const port = await freePort()
    const pair = await aCertificatePair({ now: Date.now() - 3_600_000 })
    const certificateArn = 'arn:aws:acm:us-east-1:000000000000:certificate/a'
    const attributes = { 'stickiness.enabled': 'true' }
    const TargetGroups = targets.map(({ name }) => ({
      TargetGroupArn: aTargetGroup({ name }).targetGroupArn,
      Weight: 1,
    }))
    const TargetGroupStickinessConfig = { Enabled: true, DurationSeconds: 100 }
    const table = aRoutingTable({
      port,
      certificates: [{ certificateArn, domainNames: ['a'], chain: pair.certificate, privateKey: pair.key }],
      listener: { protocol: 'HTTPS' },
      groups: targets.map(({ name, port: at }) => aGroupRoute(name, [aTargetRoute(at)], { attributes })),
      rules: [
        aRuleRoute('default', [], [{ Type: 'forward', ForwardConfig: { TargetGroups, TargetGroupStickinessConfig } }]),
      ],
    })
    const haproxy = await HaproxyUnderTest.start(program, table, [port])
    try {
      const cookies = (await ask({ port, isEncrypted: true })).headers['set-cookie'] ?? []
      const described = cookies.map((cookie) =>
        cookie.replace(/=[0-9a-f]+(\|[\w+-]+)?;/, '=VALUE;').replace(/Expires=[^;]+GMT/, 'Expires=TIME'),
      )
      expect(described.toSorted()).toEqual([
        'AWSALB=VALUE; Expires=TIME; Path=/',
        'AWSALBCORS=VALUE; Expires=TIME; Path=/; SameSite=None; Secure',
        'AWSALBTG=VALUE; Expires=TIME; Path=/',
        'AWSALBTGCORS=VALUE; Expires=TIME; Path=/; SameSite=None; Secure',
      ])
    } finally {
      await haproxy.stop()
      for (const target of targets) await target.stop()
    }
  })
})
