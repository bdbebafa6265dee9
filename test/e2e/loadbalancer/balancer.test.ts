import { type ChildProcess, fork } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { connect as connectTls } from 'node:tls'
import { gunzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { connectToWorkers } from '../../../src/loadbalancer/haproxy/fleet.ts'
import { masterState } from '../../../src/loadbalancer/haproxy/master.ts'
import type { RoutingTable, TargetRoute } from '../../../src/model/load-balancing/routing.ts'
import { aCertificatePair } from '../../builders/a-certificate.ts'
import { aLoadBalancer } from '../../builders/a-load-balancer.ts'
import { aGroupRoute, answerWith, aRoutingTable, aRuleRoute, aTargetRoute, forwardTo } from './a-route.ts'
import { packTable } from './packed-table.ts'
import { ask } from './echo-target.ts'
import { freePort, PROGRAMS } from './haproxy-under-test.ts'
import { Load } from './load.ts'
import { LoadTarget } from './load-target.ts'
import { RunningBalancer, until } from './running-balancer.ts'

/** What is done in little time is done again if it was not: others may use the machine just then. */
const TURNS = 5

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end()
})

const startTarget = async (name: string): Promise<LoadTarget> => {
  const target = await LoadTarget.start(name)
  ends.push(() => target.kill())
  return target
}

const startBalancer = async (program: string, directory?: string): Promise<RunningBalancer> => {
  const running = new RunningBalancer(program, directory)
  ends.push(() => running.stop())
  await running.balancer.start()
  return running
}

/** Everything to one group, which is what `turn` changes a rule beside. */
const aTable = (port: number, targets: readonly TargetRoute[], turn = 0): RoutingTable =>
  aRoutingTable({
    port,
    groups: [aGroupRoute('web', targets)],
    rules: [
      aRuleRoute(
        1,
        [{ Field: 'path-pattern', PathPatternConfig: { Values: [`/turn-${turn}`] } }],
        [answerWith(`turn ${turn}`)],
      ),
      aRuleRoute('default', [], [forwardTo('web')]),
    ],
  })

const routeTo = (target: LoadTarget, given: Partial<TargetRoute> = {}): TargetRoute => aTargetRoute(target.port, given)
const stateOf = (running: RunningBalancer, target: LoadTarget): string | undefined =>
  running.health.get(routeTo(target).key)?.state

/** What the worker says of its servers. */
const statusesOf = async (masterSocket: string): Promise<string[]> => {
  const client = connectToWorkers(masterSocket)((await masterState(masterSocket))?.worker ?? 0)
  const statistics = await client.statistics()
  client.close()
  return statistics.map(({ status }) => status)
}

// Targets that drain take half a minute.
describe.each(PROGRAMS.slice(0, 1))('the balancer with %s, at length', (program) => {
  it('loses no request while targets come, drain and go', async () => {
    const port = await freePort()
    const running = await startBalancer(program)
    let targets = [await startTarget('0'), await startTarget('1')]
    await running.serve(
      aTable(
        port,
        targets.map((target) => routeTo(target)),
      ),
    )
    await until(() => targets.every((target) => stateOf(running, target) === 'healthy'))
    const load = new Load({ url: `http://127.0.0.1:${port}`, slowPath: '/slow' })
    load.start()
    for (let turn = 2; turn < 10; turn++) {
      const fresh = await startTarget(String(turn))
      const [old, ...kept] = targets as [LoadTarget, ...LoadTarget[]]
      targets = [...kept, fresh]
      const routes = targets.map((target) => routeTo(target))
      await running.serve(aTable(port, [routeTo(old), ...routes], turn % 3))
      await until(() => stateOf(running, fresh) === 'healthy')
      await running.serve(aTable(port, [routeTo(old, { isDraining: true }), ...routes], turn % 3))
      await until(() => running.health.get(routeTo(old).key)?.isDrained === true)
      await running.serve(aTable(port, routes, turn % 3))
      await old.kill()
    }
    const { failures } = await load.stop()

    expect(failures).toEqual([])
    expect(targets.every(({ count }) => count > 0)).toBe(true)
  })
})

describe.each(PROGRAMS)('the balancer with %s', (program) => {
  it('loses no request while 200 changes of rules reload HAProxy', async () => {
    const [port, target] = [await freePort(), await startTarget('a')]
    const running = await startBalancer(program)
    await running.serve(aTable(port, [routeTo(target)]))
    await until(() => stateOf(running, target) === 'healthy')
    const load = new Load({ url: `http://127.0.0.1:${port}`, slowPath: '/slow', webSocketPath: '/echo' })
    load.start()
    let revision = 0
    for (let turn = 1; turn <= 200; turn++) {
      revision = running.tell(aTable(port, [routeTo(target)], turn))
      await delay(25)
    }
    await until(() => running.applied === revision)
    const answer = await ask({ port, path: '/turn-200' })
    const { failures, answered } = await load.stop()

    expect(failures).toEqual([])
    expect(answer.body).toBe('turn 200')
    expect(answered['keep-alive']).toBeGreaterThan(20)
    expect(answered['WebSocket']).toBeGreaterThan(20)
  })

  it('sends requests to a target within 100 ms of its registration, after a check', async () => {
    const port = await freePort()
    const running = await startBalancer(program)
    let tookMs = Infinity
    for (let turn = 0; turn < TURNS && tookMs >= 100; turn++) {
      const target = await startTarget('a')
      await running.serve(aTable(port, []))
      const registeredAt = performance.now()
      running.tell(aTable(port, [routeTo(target)]))
      await until(() => stateOf(running, target) === 'healthy')
      await ask({ port })
      tookMs = performance.now() - registeredAt
      expect(target.count).toBe(1)
      expect(target.checks).toBeGreaterThan(0)
    }

    expect(tookMs).toBeLessThan(100)
  })

  it('says why a target is unhealthy, and keeps that over reloads', async () => {
    const [port, good, bad] = [await freePort(), await startTarget('good'), await startTarget('bad')]
    bad.isHealthy = false
    const running = await startBalancer(program)
    const group = aGroupRoute('web', [routeTo(good), routeTo(bad)])
    const check = { ...group.healthCheck, intervalSeconds: 1, timeoutSeconds: 1, unhealthyThreshold: 2 }
    const table = (turn: number): RoutingTable => ({
      ...aTable(port, [], turn),
      targetGroups: new Map([[group.targetGroupArn, { ...group, healthCheck: check }]]),
    })
    await running.serve(table(0))
    const first = running.health.get(routeTo(bad).key)
    await until(() => stateOf(running, bad) === 'unhealthy' && stateOf(running, good) === 'healthy')
    running.states.length = 0
    await running.serve(table(1))
    const statuses = await Promise.all(Array.from({ length: 20 }, async () => (await ask({ port })).status))

    expect(first).toMatchObject({ state: 'initial', reason: 'Elb.InitialHealthChecking' })
    expect(running.health.get(routeTo(bad).key)).toMatchObject({
      state: 'unhealthy',
      reason: 'Target.ResponseCodeMismatch',
      description: 'Health checks failed with these codes: [503]',
    })
    expect(new Set(statuses)).toEqual(new Set([200]))
    expect(bad.count).toBe(0)
    expect(running.states).toEqual([])
    bad.isHealthy = true
    await until(() => stateOf(running, bad) === 'healthy')
  })

  it('serves again within a second when HAProxy is killed, with the same targets', async () => {
    const [port, target] = [await freePort(), await startTarget('a')]
    const running = await startBalancer(program)
    await running.serve(aTable(port, []))
    await running.serve(aTable(port, [routeTo(target)]))
    await until(() => stateOf(running, target) === 'healthy')
    running.states.length = 0
    let tookMs = Infinity
    for (let turn = 0; turn < TURNS && tookMs >= 1000; turn++) {
      process.kill(running.processId, 'SIGKILL')
      const killedAt = performance.now()
      await delay(20)
      await until(async () => (await ask({ port })).status === 200)
      tookMs = performance.now() - killedAt
    }

    expect(tookMs).toBeLessThan(1000)
    expect(running.states).toEqual([])
  })

  it('takes HAProxy over when its own process was killed, without a cut connection', async () => {
    const [port, one, two] = [await freePort(), await startTarget('one'), await startTarget('two')]
    const running = new RunningBalancer(program)
    const { directory } = running
    const served = (child: ChildProcess): Promise<unknown> =>
      new Promise((resolve) => child.on('message', (message) => typeof message === 'number' && resolve(message)))
    const child = fork(path.join(import.meta.dirname, 'balancer-process.ts'), [directory, program], { execArgv: [] })
    ends.push(() => child.kill('SIGKILL'))
    await new Promise((resolve) => child.once('message', resolve))
    child.send(packTable(aTable(port, [])))
    await served(child)
    child.send(packTable(aTable(port, [routeTo(one)])))
    const socket = path.join(directory, 'haproxy', 'master.sock')
    await until(async () => (await statusesOf(socket)).includes('UP'))
    const load = new Load({ url: `http://127.0.0.1:${port}`, slowPath: '/slow', webSocketPath: '/echo' })
    load.start()
    await delay(200)
    const before = await masterState(socket)
    child.kill('SIGKILL')
    await delay(500)
    ends.push(() => running.stop())
    await running.balancer.start()
    await running.serve(aTable(port, [routeTo(one), routeTo(two)]))
    const after = await masterState(socket)
    expect(stateOf(running, one)).toBe('healthy')
    await until(() => stateOf(running, two) === 'healthy' && two.count > 0)
    await running.serve(aTable(port, [routeTo(two)], 1))
    await delay(300)
    const { failures } = await load.stop()

    expect(failures).toEqual([])
    expect(after).toEqual(before)
  })

  it('serves the others when a port is taken, and that one when it is free again', async () => {
    const [port, taken] = [await freePort(), await freePort()]
    const holder = createServer().listen(taken, '127.0.0.1')
    ends.push(() => holder.close())
    await until(() => holder.listening)
    const running = await startBalancer(program)
    const good = aTable(port, [])
    const other = aLoadBalancer({ name: 'other', loadBalancerId: 'aaaaaaaaaaaaaaaa' })
    const bad = aRoutingTable({
      port: taken,
      rules: [aRuleRoute('default', [], [answerWith('other')])],
      loadBalancer: { ...other, addresses: ['127.0.0.1'] },
      listener: {
        loadBalancerArn: other.loadBalancerArn,
        listenerArn: `${other.loadBalancerArn.replace(':loadbalancer/', ':listener/')}/bbbbbbbbbbbbbbbb`,
      },
    })
    await running.serve({ ...good, loadBalancers: new Map([...good.loadBalancers, ...bad.loadBalancers]) })

    expect([...running.problems.keys()]).toEqual([other.loadBalancerArn])
    expect((await ask({ port, path: '/turn-0' })).body).toBe('turn 0')
    holder.close()
    await until(() => running.problems.size === 0)
    expect((await ask({ port: taken })).body).toBe('other')
  })

  it('speaks HTTP/2, of which no request is lost either', async () => {
    const [port, target] = [await freePort(), await startTarget('a')]
    const running = await startBalancer(program)
    const { certificate, chain, key } = await aCertificatePair()
    const material = {
      certificateArn: 'arn:aws:acm:us-east-1:000000000000:certificate/12345678-1234-4234-8234-123456789012',
      chain: `${certificate}\n${chain}`,
      privateKey: key,
      domainNames: ['www.example.com'],
    }
    const table = (turn: number): RoutingTable =>
      aRoutingTable({
        port,
        groups: [aGroupRoute('web', [routeTo(target)])],
        rules: [
          aRuleRoute(1, [{ Field: 'path-pattern', PathPatternConfig: { Values: [`/${turn}`] } }], [answerWith('turn')]),
          aRuleRoute('default', [], [forwardTo('web')]),
        ],
        certificates: [material],
        listener: { protocol: 'HTTPS', sslPolicy: 'ELBSecurityPolicy-TLS13-1-2-2021-06' },
      })
    await running.serve(table(0))
    await until(() => stateOf(running, target) === 'healthy')
    const load = new Load({ url: `http://127.0.0.1:${port}`, secureUrl: `https://127.0.0.1:${port}`, concurrency: 0 })
    load.start()
    for (let turn = 1; turn <= 20; turn++) {
      await running.serve(table(turn))
      await delay(50)
    }
    const { failures, answered } = await load.stop()

    expect(failures).toEqual([])
    expect(answered['HTTP/2']).toBeGreaterThan(20)
  })

  it('writes access logs as an Application Load Balancer does', async () => {
    const [port, target] = [await freePort(), await startTarget('a')]
    const running = await startBalancer(program)
    const attributes = {
      'access_logs.s3.enabled': 'true',
      'access_logs.s3.bucket': 'my-logs',
      'access_logs.s3.prefix': 'web',
    }
    await running.serve(
      aRoutingTable({
        port,
        groups: [aGroupRoute('web', [routeTo(target)])],
        rules: [aRuleRoute('default', [], [forwardTo('web')])],
        loadBalancer: { attributes },
      }),
    )
    await until(() => stateOf(running, target) === 'healthy')
    await ask({ port, path: '/a?b="c"', headers: { 'user-agent': 'a "quoted" agent' } })
    const logs = path.join(running.directory, 'access-logs')
    await until(() => readdirSync(path.join(logs, '.open')).length > 0)
    await running.balancer.closeAccessLogs()
    const [file = ''] = readdirSync(logs, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.gz'))
    const line = gunzipSync(readFileSync(path.join(logs, file))).toString()

    expect(file).toMatch(
      /^my-logs\/web\/AWSLogs\/000000000000\/elasticloadbalancing\/us-east-1\/\d{4}\/\d\d\/\d\d\/000000000000_elasticloadbalancing_us-east-1_app\.web\.[0-9a-f]{16}_\d{8}T\d{4}Z_127\.0\.0\.1_[0-9a-f]{8}\.log\.gz$/,
    )
    expect(line).toMatch(
      new RegExp(
        `^http \\S+Z app/web/[0-9a-f]{16} 127\\.0\\.0\\.1:\\d+ 127\\.0\\.0\\.1:${target.port} \\d\\.\\d{3} \\d\\.\\d{3} \\d\\.\\d{3} 200 200 \\d+ \\d+ "GET http://127\\.0\\.0\\.1:${port}/a\\?b=\\S+ HTTP/1\\.1" "a \\\\"quoted\\\\" agent" - - arn:aws:elasticloadbalancing:\\S+ "Root=\\S+" "-" "-" 0 \\S+Z "forward" "-" "-" "127\\.0\\.0\\.1:${target.port}" "200" "-" "-" `,
      ),
    )
  })

  it.each(['false', 'true'])(
    'writes of Network Load Balancers the connections of TLS listeners (preserve_client_ip.enabled=%s)',
    async (isPreserved) => {
      const [port, target] = [await freePort(), await startTarget('a')]
      const running = await startBalancer(program)
      const { certificate, chain, key } = await aCertificatePair()
      const certificateArn = 'arn:aws:acm:us-east-1:000000000000:certificate/12345678-1234-4234-8234-123456789012'
      const attributes = { 'preserve_client_ip.enabled': isPreserved }
      const group = aGroupRoute('web', [routeTo(target)], { protocol: 'TCP', attributes })
      await running.serve(
        aRoutingTable({
          port,
          groups: [{ ...group, healthCheck: { ...group.healthCheck, protocol: 'TCP' } }],
          rules: [aRuleRoute('default', [], [forwardTo('web')])],
          certificates: [
            { certificateArn, chain: `${certificate}\n${chain}`, privateKey: key, domainNames: ['www.example.com'] },
          ],
          loadBalancer: {
            type: 'network',
            attributes: { 'access_logs.s3.enabled': 'true', 'access_logs.s3.bucket': 'my-logs' },
          },
          listener: {
            protocol: 'TLS',
            sslPolicy: 'ELBSecurityPolicy-TLS13-1-2-2021-06',
            alpnPolicy: ['HTTP1Only'],
          },
        }),
      )
      const socket = connectTls({
        port,
        host: '127.0.0.1',
        servername: 'www.example.com',
        ALPNProtocols: ['http/1.1'],
        rejectUnauthorized: false,
      })
      await once(socket, 'secureConnect')
      socket.end('GET / HTTP/1.0\r\n\r\n')
      await once(socket.resume(), 'close')
      const logs = path.join(running.directory, 'access-logs')
      await until(() => readdirSync(path.join(logs, '.open')).length > 0)
      await running.balancer.closeAccessLogs()
      const [file = ''] = readdirSync(logs, { recursive: true, encoding: 'utf8' }).filter((name) =>
        name.endsWith('.gz'),
      )

      expect(file).toMatch(/_net\.web\.[0-9a-f]{16}_\d{8}T\d{4}Z_[0-9a-f]{8}\.log\.gz$/)
      expect(gunzipSync(readFileSync(path.join(logs, file))).toString()).toMatch(
        new RegExp(
          `^tls 2\\.0 \\S{19} net/web/[0-9a-f]{16} [0-9a-f]{16} 127\\.0\\.0\\.1:\\d+ 127\\.0\\.0\\.1:${port} \\d+ \\d+ 18 \\d+ - ${certificateArn} - TLS_\\S+ tlsv13 - www\\.example\\.com http/1\\.1 - - \\S{19}\n$`,
        ),
      )
    },
  )

  it.each(['UDP', 'TCP_UDP'] as const)('sends datagrams of %s listeners to healthy targets', async (protocol) => {
    const port = await freePort()
    const target = await startTarget('a')
    const echo = createSocket('udp4').on('message', (message, peer) =>
      echo.send(`echo ${message.toString()}`, peer.port, peer.address),
    )
    ends.push(() => echo.close())
    await new Promise<void>((resolve) => echo.bind(target.port, '127.0.0.1', resolve))
    const running = await startBalancer(program)
    const group = aGroupRoute('names', [routeTo(target)], { protocol })
    const check = { ...group.healthCheck, protocol: 'TCP' as const, port: 'traffic-port' }
    const table = aRoutingTable({
      port,
      groups: [{ ...group, healthCheck: check }],
      rules: [aRuleRoute('default', [], [forwardTo('names')])],
      loadBalancer: { type: 'network' },
      listener: { protocol },
    })
    await running.serve(table)
    await until(() => stateOf(running, target) === 'healthy')
    const client = createSocket('udp4')
    ends.push(() => client.close())
    const answers: string[] = []
    client.on('message', (message) => answers.push(message.toString()))
    await until(async () => {
      client.send('hello', port, '127.0.0.1')
      await delay(20)
      return answers.length > 0
    })

    expect(answers[0]).toBe('echo hello')
    const isAnswered = await ask({ port }).then(
      ({ body }) => body === 'a\n',
      () => false,
    )
    expect(isAnswered).toBe(protocol === 'TCP_UDP')
    expect([...running.problems]).toEqual([])
  })
})
