import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Action, RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RoutingTable } from '../../../src/model/load-balancing/routing.ts'
import { aTargetGroup } from '../../builders/a-load-balancer.ts'
import { aGroupRoute, aRoutingTable, aRuleRoute, aTargetRoute, answerWith, forwardTo } from './a-route.ts'
import { ask } from './echo-target.ts'
import { freePort, HaproxyUnderTest, PROGRAMS } from './haproxy-under-test.ts'
import { until } from './running-balancer.ts'

/** Says its name, at once or when it is told to. */
class NamedTarget {
  readonly #server: Server
  readonly #waiting: (() => void)[] = []
  isHolding = false
  count = 0

  private constructor(name: string) {
    this.#server = createServer((request, response) => {
      if (request.headers['user-agent'] === 'ELB-HealthChecker/2.0') {
        response.end()
        return
      }
      this.count++
      const answer = (): void => void response.end(name)
      if (this.isHolding) this.#waiting.push(answer)
      else answer()
    })
  }

  static async start(name: string): Promise<NamedTarget> {
    const target = new NamedTarget(name)
    await new Promise<void>((resolve) => target.#server.listen(0, '127.0.0.1', resolve))
    return target
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  release(): void {
    this.isHolding = false
    for (const answer of this.#waiting.splice(0)) answer()
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

const NAMES = ['one', 'two', 'three'] as const
type Name = (typeof NAMES)[number]
const AT: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'round-robin': {},
  'least-outstanding': { 'load_balancing.algorithm.type': 'least_outstanding_requests' },
  random: { 'load_balancing.algorithm.type': 'weighted_random' },
  'not-across': { 'load_balancing.cross_zone.enabled': 'false' },
  across: { 'load_balancing.cross_zone.enabled': 'true' },
}

const weighted = (weights: Readonly<Record<string, number>>): Action => ({
  Type: 'forward',
  ForwardConfig: {
    TargetGroups: Object.entries(weights).map(([name, Weight]) => ({
      TargetGroupArn: aTargetGroup({ name }).targetGroupArn,
      Weight,
    })),
  },
})

/** Several load balancers at once. */
const together = (...tables: readonly RoutingTable[]): RoutingTable => ({
  loadBalancers: new Map(tables.flatMap(({ loadBalancers }) => [...loadBalancers])),
  targetGroups: new Map(tables.flatMap(({ targetGroups }) => [...targetGroups])),
  certificates: new Map(),
  trustStores: new Map(),
})

describe.each(PROGRAMS)('targets get requests, by %s', (program) => {
  const targets = new Map<Name, NamedTarget>()
  let [port, networkPort] = [0, 0]
  let haproxy: HaproxyUnderTest

  const target = (name: Name): NamedTarget => targets.get(name) as NamedTarget
  const answerOf = async (path: string): Promise<string> => (await ask({ port, path })).body
  const answersOf = async (path: string, count: number): Promise<Readonly<Record<string, number>>> => {
    const counts: Record<string, number> = {}
    for (let index = 0; index < count; index++) {
      const name = await answerOf(path)
      counts[name] = (counts[name] ?? 0) + 1
    }
    return counts
  }

  beforeAll(async () => {
    for (const name of NAMES) targets.set(name, await NamedTarget.start(name))
    ;[port, networkPort] = [await freePort(), await freePort()]
    const zones: Readonly<Record<Name, string>> = { one: 'us-east-1a', two: 'us-east-1b', three: 'all' }
    const routes = NAMES.map((name) => aTargetRoute(target(name).port, { availabilityZone: zones[name] }))
    const groups = Object.entries(AT).map(([name, attributes]) => aGroupRoute(name, routes, { attributes }))
    const application = aRoutingTable({
      port,
      groups,
      rules: [
        ...Object.keys(AT).map((name, index) =>
          aRuleRoute(
            index + 1,
            [{ Field: 'path-pattern', PathPatternConfig: { Values: [`/${name}`] } }],
            [forwardTo(name)],
          ),
        ),
        aRuleRoute('default', [], [answerWith('nothing')]),
      ],
    })
    const healthCheck = { ...aGroupRoute('x', []).healthCheck, protocol: 'TCP' as const }
    const network = aRoutingTable({
      port: networkPort,
      loadBalancer: { type: 'network', name: 'net', loadBalancerId: '1'.repeat(16), loadBalancerArn: NETWORK_ARN },
      listener: {
        protocol: 'TCP',
        loadBalancerArn: NETWORK_ARN,
        listenerArn: `${NETWORK_ARN.replace(':loadbalancer/', ':listener/')}/2222222222222222`,
      },
      groups: NAMES.map((name, index) =>
        aGroupRoute(`tcp-${index}`, [aTargetRoute(target(name).port)], { protocol: 'TCP', healthCheck }),
      ),
      rules: [aRuleRoute('default', [], [weighted({ 'tcp-0': 1, 'tcp-1': 3, 'tcp-2': 0 })])],
    })
    haproxy = await HaproxyUnderTest.start(program, together(application, network), [port, networkPort], {
      availabilityZone: 'us-east-1a',
    })
  })
  afterAll(async () => {
    await haproxy.stop()
    for (const each of targets.values()) await each.stop()
  })

  it('in turn', async () => {
    expect(await answersOf('/round-robin', 30)).toEqual({ one: 10, two: 10, three: 10 })
  })

  it('at random', async () => {
    const order: string[] = []
    for (let count = 0; count < 60; count++) order.push(await answerOf('/random'))
    expect(new Set(order)).toEqual(new Set(NAMES))
    // In turn, no target would be asked twice.
    expect(order.some((name, index) => name === order[index + 1])).toBe(true)
  })

  it('where the fewest are under way', async () => {
    for (const each of targets.values()) each.isHolding = true
    const before = NAMES.map((name) => target(name).count + 1)
    const held = NAMES.map(() => answerOf('/least-outstanding'))
    await until(() => NAMES.every((name, index) => target(name).count === before[index]))
    for (const name of ['one', 'three'] as const) target(name).release()
    const counts = await answersOf('/least-outstanding', 20)
    target('two').release()
    await Promise.all(held)
    expect([counts['two'], (counts['one'] ?? 0) > 5, (counts['three'] ?? 0) > 5]).toEqual([undefined, true, true])
  })

  it('of the own zone alone, unless zones are crossed', async () => {
    expect(await answersOf('/not-across', 20)).toEqual({ one: 10, three: 10 })
    expect(Object.keys(await answersOf('/across', 9)).toSorted()).toEqual(NAMES.toSorted())
  })

  it('by connection and weight, behind Network Load Balancers', async () => {
    const counts: Record<string, number> = {}
    for (let index = 0; index < 120; index++) {
      const { body } = await ask({ port: networkPort })
      counts[body] = (counts[body] ?? 0) + 1
    }
    expect(counts['three']).toBeUndefined()
    expect(counts['one']).toBeGreaterThan(8)
    expect(counts['two']).toBeGreaterThan(60)
  })
})

const NETWORK_ARN = `arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/net/net/${'1'.repeat(16)}`

describe.each(PROGRAMS)('zones, slow start and addresses, by %s', (program) => {
  const weights = async (haproxy: HaproxyUnderTest): Promise<readonly number[]> => {
    const [head = '', ...lines] = (await haproxy.command('show servers state web.73e2d6bc24d8a067'))
      .split('\n')
      .slice(1)
    const column = head.replace('# ', '').split(' ').indexOf('srv_uweight')
    return lines.filter((line) => line.includes('web.')).map((line) => Number(line.split(' ')[column]))
  }

  it('a target that becomes usable gets its share little by little', async () => {
    const target = await NamedTarget.start('one')
    const port = await freePort()
    const groups = [
      aGroupRoute('web', [aTargetRoute(target.port)], { attributes: { 'slow_start.duration_seconds': '30' } }),
    ]
    const rules = [aRuleRoute('default', [], [forwardTo('web')])]
    const haproxy = await HaproxyUnderTest.start(program, aRoutingTable({ port, groups, rules }), [port])
    try {
      const server = `web.73e2d6bc24d8a067/127.0.0.1:${target.port}`
      expect(await weights(haproxy)).toEqual([1])
      await haproxy.command(`set server ${server} state maint`)
      await haproxy.command(`set server ${server} state ready`)
      const stat = await haproxy.command('show stat')
      const [names = ''] = stat.split('\n')
      const row = stat.split('\n').find((line) => line.startsWith('web.73e2d6bc24d8a067,127')) ?? ''
      expect(row.split(',')[names.split(',').indexOf('throttle')]).toMatch(/^\d{1,2}$/)
      expect((await ask({ port })).body).toBe('one')
    } finally {
      await haproxy.stop()
      await target.stop()
    }
  })

  it('clients have IPv6 addresses', async () => {
    const port = await freePort()
    const source = (...Values: string[]): RuleCondition => ({ Field: 'source-ip', SourceIpConfig: { Values } })
    const table = aRoutingTable({
      port,
      loadBalancer: { addresses: ['127.0.0.1', '::1'] },
      rules: [
        aRuleRoute(1, [source('2001:db8::/32', '0.0.0.0/8')], [answerWith('neither')]),
        aRuleRoute(2, [source('::1/128', '10.0.0.0/8', '2000::/3')], [answerWith('six')]),
        aRuleRoute(3, [source('127.0.0.0/8', 'fe80::/10')], [answerWith('four')]),
        aRuleRoute('default', [], [answerWith('other')]),
      ],
    })
    const haproxy = await HaproxyUnderTest.start(program, table, [port])
    try {
      expect([(await ask({ port, host: '::1' })).body, (await ask({ port })).body]).toEqual(['six', 'four'])
    } finally {
      await haproxy.stop()
    }
  })
})
