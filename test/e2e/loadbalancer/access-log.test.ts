import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { readAccessLog } from '../../../src/loadbalancer/configuration/access-log.ts'
import { aGroupRoute, aRoutingTable, aRuleRoute, aTargetRoute, forwardTo } from './a-route.ts'
import { ask, EchoTarget } from './echo-target.ts'
import { freePort, HaproxyUnderTest, PROGRAMS } from './haproxy-under-test.ts'

describe.each(PROGRAMS)('requests, by %s', (program) => {
  it('are written down with all that access logs tell', async () => {
    const receiver = createSocket('udp4')
    receiver.bind(0, '127.0.0.1')
    await once(receiver, 'listening')
    const target = await EchoTarget.start()
    const port = await freePort()
    const table = aRoutingTable({
      port,
      groups: [aGroupRoute('web', [aTargetRoute(target.port)])],
      rules: [aRuleRoute('default', [], [forwardTo('web')])],
      loadBalancer: { attributes: { 'access_logs.s3.enabled': 'true', 'access_logs.s3.bucket': 'logs' } },
    })
    const logTarget = `127.0.0.1:${(receiver.address() as AddressInfo).port}`
    const haproxy = await HaproxyUnderTest.start(program, table, [port], { logTarget })
    const lines: string[] = []
    const written = new Promise<void>((resolve) => {
      receiver.on('message', (bytes) => {
        lines.push(bytes.toString())
        if (bytes.includes('GET')) resolve()
      })
    })
    const agent = 'a "quoted\\ agent" ] #1'
    await ask({ port, path: '/a?b="c"', headers: { host: 'www.test', 'user-agent': agent } })
    await written
    const fields = readAccessLog(lines.find((line) => line.includes('GET')) ?? '')
    const [rule] = haproxy.rendered.rules.keys()
    expect(fields).toMatchObject({
      rule,
      backend: 'web.73e2d6bc24d8a067',
      server: `127.0.0.1:${target.port}`,
      clientAddress: '127.0.0.1',
      targetPort: String(target.port),
      status: '200',
      method: 'GET',
      url: '/a?b="c"',
      host: 'www.test',
      userAgent: agent,
      traceId: expect.stringMatching(/^Root=1-/),
    })
    await haproxy.stop()
    await target.stop()
    receiver.close()
  })

  it('that a target took and did not answer go to another, if they may', async () => {
    const cut = createServer((request, response) => {
      if (request.headers['user-agent'] === 'ELB-HealthChecker/2.0') response.end()
      else request.socket.destroy()
    })
    cut.listen(0, '127.0.0.1')
    await once(cut, 'listening')
    const target = await EchoTarget.start()
    const port = await freePort()
    const targets = [aTargetRoute((cut.address() as AddressInfo).port), aTargetRoute(target.port)]
    const table = aRoutingTable({
      port,
      groups: [aGroupRoute('web', targets)],
      rules: [aRuleRoute('default', [], [forwardTo('web')])],
    })
    const haproxy = await HaproxyUnderTest.start(program, table, [port])
    const statuses = async (method: string): Promise<Set<number>> => {
      const all = new Set<number>()
      for (let count = 0; count < 6; count++) all.add((await ask({ port, method })).status)
      return all
    }
    expect(await statuses('GET')).toEqual(new Set([200]))
    expect(await statuses('POST')).toEqual(new Set([200, 502]))
    await haproxy.stop()
    await target.stop()
    cut.closeAllConnections()
    cut.close()
  })
})
