import { readFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { listenerArn, loadBalancerArn } from '../../../src/model/arn.ts'
import type { RoutingTable, TargetGroupRoute } from '../../../src/model/load-balancing/routing.ts'
import { aTargetGroup } from '../../builders/a-load-balancer.ts'
import { aGroupRoute, aRoutingTable, aRuleRoute, aTargetRoute, forwardTo } from './a-route.ts'
import { askDatagrams, EchoDatagrams } from './echo-datagrams.ts'
import { freePort, PROGRAMS } from './haproxy-under-test.ts'
import { RunningBalancer, until } from './running-balancer.ts'

const [PROGRAM = ''] = PROGRAMS

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end()
})

const startTarget = async (name: string, port?: number, address?: string): Promise<EchoDatagrams> => {
  const target = await EchoDatagrams.start(name, port, address)
  ends.push(() => target.stop().catch(() => {}))
  return target
}

const startBalancer = async (host: { readonly sharedAddress?: string } = {}): Promise<RunningBalancer> => {
  const running = new RunningBalancer(PROGRAM, undefined, host)
  ends.push(() => running.stop())
  await running.balancer.start()
  return running
}

/** Of UDP, without health checks: its targets hear no TCP. */
const aGroup = (name: string, ...targets: readonly EchoDatagrams[]): TargetGroupRoute => {
  const routes = targets.map(({ port }) => aTargetRoute(port))
  const group = aGroupRoute(name, routes, { protocol: 'UDP' })
  return { ...group, healthCheck: { ...group.healthCheck, protocol: 'TCP', isEnabled: false } }
}

const arnOf = (name: string): string =>
  loadBalancerArn('us-east-1', '000000000000', 'network', name, '50dc6c495c0c9188')

/** A load balancer with one listener, which forwards to that group. */
const aTable = (name: string, port: number, address: string, group: TargetGroupRoute): RoutingTable =>
  aRoutingTable({
    port,
    groups: [group],
    rules: [aRuleRoute('default', [], [forwardTo(group.name)])],
    loadBalancer: { type: 'network', name, addresses: [address] },
    listener: { listenerArn: listenerArn(arnOf(name), `${port}.${address}`), port, protocol: 'UDP' },
  })

const together = (...tables: readonly RoutingTable[]): RoutingTable => ({
  loadBalancers: new Map(tables.flatMap(({ loadBalancers }) => [...loadBalancers])),
  targetGroups: new Map(tables.flatMap(({ targetGroups }) => [...targetGroups])),
  certificates: new Map(),
  trustStores: new Map(),
})

const nginxOf = ({ directory }: RunningBalancer): number =>
  Number(readFileSync(path.join(directory, 'nginx', 'supervised.pid'), 'utf8'))

const isServed = async (port: number, address?: string): Promise<boolean> =>
  Object.keys(await askDatagrams(port, 1, address)).length > 0

describe('datagrams', () => {
  it('go to target groups by their weights, also when those change', async () => {
    const [port, running] = [await freePort(), await startBalancer()]
    const groups = [aGroup('blue', await startTarget('blue')), aGroup('green', await startTarget('green'))]
    const split = async (blue: number, green: number): Promise<Record<string, number>> => {
      const TargetGroups = Object.entries({ blue, green }).map(([name, Weight]) => ({
        TargetGroupArn: aTargetGroup({ name }).targetGroupArn,
        Weight,
      }))
      await running.serve(
        aRoutingTable({
          port,
          groups,
          rules: [aRuleRoute('default', [], [{ Type: 'forward', ForwardConfig: { TargetGroups } }])],
          loadBalancer: { type: 'network' },
          listener: { protocol: 'UDP' },
        }),
      )
      let answers: Record<string, number> = {}
      const share = blue / (blue + green)
      // Until nginx is reloaded, others get them; and what is under way just then is lost.
      await until(async () => {
        answers = await askDatagrams(port, 200)
        const { blue: ofBlue = 0, green: ofGreen = 0 } = answers
        return ofBlue + ofGreen === 200 && Math.abs(ofBlue / 200 - share) <= share * (1 - share)
      })
      return answers
    }

    expect(await split(100, 0)).toEqual({ blue: 200 })
    expect(await split(0, 100)).toEqual({ green: 200 })
    expect(await split(50, 50)).toEqual({ blue: expect.any(Number), green: expect.any(Number) })
  })

  it('of a load balancer whose address this host lacks are its problem alone', async () => {
    const [port, running] = [await freePort(), await startBalancer()]
    const [here, there] = [aGroup('here', await startTarget('here')), aGroup('there', await startTarget('there'))]
    await running.serve(together(aTable('one', port, '203.0.113.7', there), aTable('two', port, '127.0.0.1', here)))
    await until(() => isServed(port))
    await until(() => running.problems.size > 0)

    expect([...running.problems]).toEqual([
      [arnOf('one'), `UDP port ${port} of its addresses cannot be listened on here`],
    ])
  })

  it('are served at a port that something else had as soon as that is gone', async () => {
    const [port, other, running] = [await freePort(), await freePort(), await startBalancer()]
    const group = aGroup('web', await startTarget('web'))
    const holder = await startTarget('holder', port)
    await running.serve(together(aTable('one', port, '127.0.0.1', group), aTable('two', other, '127.0.0.1', group)))
    await until(() => isServed(other))
    await until(() => running.problems.size > 0)
    const problems = [...running.problems]
    await holder.stop()
    await until(() => isServed(port))

    expect(problems).toEqual([[arnOf('one'), `UDP port ${port} of its addresses cannot be listened on here`]])
    await until(() => running.problems.size === 0)
  })

  it('are served on by the same nginx when the balancer is another', async () => {
    const [port, first] = [await freePort(), await startBalancer()]
    const table = aTable('one', port, '127.0.0.1', aGroup('web', await startTarget('web')))
    await first.serve(table)
    await until(() => isServed(port))
    const before = nginxOf(first)
    await first.balancer.stop({ isKept: true })
    const next = new RunningBalancer(PROGRAM, first.directory)
    ends.push(() => next.stop())
    await next.balancer.start()
    await next.serve(table)

    expect(nginxOf(next)).toBe(before)
    expect(await isServed(port)).toBe(true)
    expect([...next.problems]).toEqual([])
  })

  it('are served again when nginx ends, which is a problem if that was soon after its start', async () => {
    const [port, running] = [await freePort(), await startBalancer()]
    await running.serve(aTable('one', port, '127.0.0.1', aGroup('web', await startTarget('web'))))
    await until(() => isServed(port))
    process.kill(nginxOf(running), 'SIGTERM')
    await until(() => running.problems.size > 0)
    const problems = [...running.problems.values()]
    await until(() => isServed(port))

    expect(problems).toEqual([expect.stringMatching(/^Datagrams are not served: nginx ended soon after its start/)])
    await until(() => running.problems.size === 0)
  })

  it('arrive at the shared address, too, where names lead; one load balancer has a port there', async () => {
    const [port, other] = [await freePort(), await freePort()]
    const running = await startBalancer({ sharedAddress: '127.0.0.2' })
    const [one, two, three] = [
      aGroup('one', await startTarget('one')),
      aGroup('two', await startTarget('two')),
      aGroup('three', await startTarget('three')),
    ]
    await running.serve(
      together(
        aTable('one', port, '127.0.0.3', one),
        aTable('two', port, '127.0.0.4', two),
        aTable('three', other, '127.0.0.3', three),
      ),
    )
    await until(() => isServed(port, '127.0.0.2'))
    await until(() => running.problems.size > 0)

    expect(await askDatagrams(port, 3, '127.0.0.2')).toEqual({ one: 3 })
    expect(await askDatagrams(port, 3, '127.0.0.4')).toEqual({ two: 3 })
    expect(await askDatagrams(other, 3, '127.0.0.2')).toEqual({ three: 3 })
    expect([...running.problems]).toEqual([
      [arnOf('two'), `UDP port ${port} of 127.0.0.2 is another load balancer's, and datagrams have no names`],
    ])
  })
})
