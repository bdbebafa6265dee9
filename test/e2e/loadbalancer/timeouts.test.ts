import { connect, type Socket } from 'node:net'
import { Agent } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { aCertificatePair } from '../../builders/a-certificate.ts'
import { aTargetGroup } from '../../builders/a-load-balancer.ts'
import { aGroupRoute, aRoutingTable, aRuleRoute, aTargetRoute, forwardTo } from './a-route.ts'
import { ask, EchoTarget } from './echo-target.ts'
import { freePort, HaproxyUnderTest, PROGRAMS } from './haproxy-under-test.ts'

const ended = (socket: Socket): Promise<void> => new Promise((resolve) => socket.once('close', () => resolve()))

describe.each(PROGRAMS)('connections of clients, by %s', (program) => {
  let target: EchoTarget
  let haproxy: HaproxyUnderTest
  let port: number

  beforeAll(async () => {
    target = await EchoTarget.start()
    port = await freePort()
    const attributes = { 'idle_timeout.timeout_seconds': '1', 'client_keep_alive.seconds': '60' }
    const table = aRoutingTable({
      port,
      loadBalancer: { attributes },
      groups: [aGroupRoute('web', [aTargetRoute(target.port)])],
      rules: [aRuleRoute('default', [], [forwardTo('web')])],
    })
    haproxy = await HaproxyUnderTest.start(program, table, [port])
  })
  afterAll(async () => {
    await haproxy.stop()
    await target.stop()
  })

  it.each([
    ['asked nothing', ''],
    ['did not end what they ask', 'GET / HTTP/1.1\r\nHost: a\r\n'],
    ['got their answer', 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['did not end their body', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nx'],
  ])('end when they were idle for too long, having %s', async (_, bytes) => {
    const began = performance.now()
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => socket.destroy()).resume()
    socket.write(bytes)
    await ended(socket)
    expect(performance.now() - began).toBeGreaterThan(900)
  })
})

describe.each(PROGRAMS)('old connections and cookies, by %s', (program) => {
  it('connections that are old enough end with an answer that says so', async () => {
    const target = await EchoTarget.start()
    const port = await freePort()
    const table = aRoutingTable({
      port,
      loadBalancer: { attributes: { 'client_keep_alive.seconds': '1' } },
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
      expect(performance.now() - began).toBeLessThan(10_000)
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
