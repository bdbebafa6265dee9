import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { FakeHaproxy } from '../../../test/fakes/fake-haproxy.ts'
import { ManualClock } from '../../kit/clock.ts'
import { silentLog } from '../../kit/log.ts'
import type { RoutingTable } from '../../model/load-balancing/routing.ts'
import type { RenderedConfiguration } from '../configuration/settings.ts'
import { Deployment } from './deployment.ts'
import { Fleet } from './fleet.ts'
import { Generations } from './generations.ts'
import { ConfigurationRefused } from './haproxy.ts'
import { canListen, Sockets } from '../sockets.ts'

/** Load balancers by name, with a text each, and the targets of the one group. */
const aTable = (loadBalancers: Readonly<Record<string, string>>, ...targets: readonly string[]): RoutingTable =>
  ({
    loadBalancers: new Map(Object.entries(loadBalancers).map(([name, text]) => [name, { text }])),
    targetGroups: new Map([['web', { targetGroupArn: 'web', protocol: 'TCP', attributes: {}, targets }]]),
    certificates: new Map(),
    trustStores: new Map(),
  }) as unknown as RoutingTable

const render = (table: RoutingTable): RenderedConfiguration => {
  const [group] = [...table.targetGroups.values()] as unknown as readonly { readonly targets: readonly string[] }[]
  const text = [...table.loadBalancers].map(([name, value]) => `${name} ${JSON.stringify(value)}`).join('\n')
  const servers = (group?.targets ?? []).map((name) => ({
    name,
    target: name,
    address: `${name}:80`,
    parameters: 'check',
    isDraining: false,
  }))
  const backend = {
    name: 'b',
    targetGroupArn: 'web',
    isChecked: true,
    hasServerCookies: false,
    isCrossZone: true,
    endsUnhealthy: false,
    servers,
  }
  return {
    text,
    textWithoutServers: text,
    files: new Map(),
    backends: new Map([['b', backend]]),
    rules: new Map(),
    problems: new Map(),
  }
}

const world = (directory = mkdtempSync(path.join(tmpdir(), 'longshore-deployment-')), haproxy = new FakeHaproxy()) => {
  const fleet = new Fleet(haproxy.connect, new ManualClock(), silentLog)
  const [generations, serverStatePath] = [new Generations(directory), path.join(directory, 'server-state')]
  const waits = { count: 0, during: () => {} }
  const changed: (readonly [string, 'up' | 'down'])[] = []
  const health = { isHealthy: () => true, turn: 7, changedSince: (turn: number) => (turn === 7 ? changed : []) }
  const deployment = new Deployment({
    haproxy,
    generations,
    fleet,
    sockets: new Sockets(canListen),
    serverStatePath,
    render: (table) => {
      const rendered = render(table)
      haproxy.reads(rendered)
      return rendered
    },
    renderTargets: (_backends, groups) => [
      ...render({ loadBalancers: new Map(), targetGroups: new Map([['web', groups[0]!]]) } as never).backends.values(),
    ],
    health,
    beforeReload: () => {
      waits.count++
      waits.during()
      return Promise.resolve()
    },
    firstChecksWithinMs: () => undefined,
    log: silentLog,
  })
  const serve = (table: RoutingTable) => deployment.deploy(() => table)
  return { haproxy, deployment, serve, generations, waits, changed, directory, serverStatePath }
}

describe('a routing table', () => {
  it('is served by a start, then by commands if targets alone differ, else by a reload', async () => {
    const { haproxy, serve } = world()
    await serve(aTable({ one: 'x' }))
    expect([haproxy.starts, haproxy.reloads]).toEqual([1, 0])
    await serve(aTable({ one: 'x' }, 'a'))
    expect(haproxy.current.states).toEqual({ 'b/a': 'DOWN' })
    expect([haproxy.starts, haproxy.reloads]).toEqual([1, 0])
    await serve(aTable({ one: 'y' }, 'a'))
    expect([haproxy.starts, haproxy.reloads]).toEqual([1, 1])
  })

  it('finds in the new worker what checks found while that started', async () => {
    const { haproxy, serve, changed } = world()
    await serve(aTable({ one: 'x' }, 'a', 'b'))
    changed.push(['b/a', 'down'])
    await serve(aTable({ one: 'y' }, 'a', 'b'))
    expect(haproxy.reloads).toBe(1)
    expect(haproxy.current.states).toEqual({ 'b/a': 'DOWN', 'b/b': 'UP' })
  })

  it('is not looked at first when HAProxy is gone and it was accepted before', async () => {
    const { haproxy, serve, deployment } = world()
    await serve(aTable({ one: 'x' }, 'a'))
    deployment.forgetWorkers()
    await serve(aTable({ one: 'x' }, 'a', 'b'))
    expect([haproxy.starts, haproxy.checked.length]).toEqual([2, 1])
    deployment.forgetWorkers()
    await serve(aTable({ one: 'y' }, 'a'))
    expect([haproxy.starts, haproxy.checked.length]).toEqual([3, 2])
  })

  it('that came while a reload waited is served by that reload', async () => {
    const { haproxy, serve, deployment, waits } = world()
    await serve(aTable({ one: '0' }))
    let newest = 1
    waits.during = () => (newest = 200)
    const { rendered } = await deployment.deploy(() => aTable({ one: String(newest) }))
    expect(rendered.text).toContain('200')
    expect([waits.count, haproxy.reloads]).toEqual([1, 1])
  })

  it('is served by a reload if commands are refused', async () => {
    const { haproxy, serve } = world()
    await serve(aTable({ one: 'x' }))
    haproxy.current.refusal = { command: 'add server', answer: 'out of memory' }
    await serve(aTable({ one: 'x' }, 'a'))
    expect(haproxy.reloads).toBe(1)
    expect(Object.keys(haproxy.current.states)).toEqual(['b/a'])
  })

  it('is served without the load balancers that HAProxy refuses, which are named, until they change', async () => {
    const { haproxy, serve } = world()
    haproxy.refuses = (text) => (text.includes('bad') ? new ConfigurationRefused('unknown keyword') : undefined)
    const table = aTable({ one: 'x', two: 'bad', three: 'z' })
    const first = await serve(table)
    expect(first.rendered.text).not.toContain('two')
    expect([...first.problems]).toEqual([['two', expect.stringContaining('unknown keyword')]])
    const good = new Map([...table.loadBalancers, ['two', { text: 'good' } as never] as const])
    const second = await serve({ ...table, loadBalancers: good })
    expect(second.rendered.text).toContain('two')
    expect([...second.problems]).toEqual([])
  })

  it('is not said to be served if a reload fails for another reason, and what was before is known', async () => {
    const { haproxy, serve, generations } = world()
    await serve(aTable({ one: 'x' }))
    const before = generations.applied()
    haproxy.reloadFailure = new Error('no memory')
    await expect(serve(aTable({ one: 'y' }))).rejects.toThrow('no memory')
    expect(generations.applied()).toEqual(before)
    expect(before?.key).not.toBe('')
  })

  it('that is served already is known after a restart, unless that was in the midst of a reload', async () => {
    const { haproxy, serve, directory, generations } = world()
    await serve(aTable({ one: 'x' }))
    expect(world(directory, haproxy).deployment.recall()).toEqual(generations.applied())
    generations.switchTo(1)
    expect(world(directory, haproxy).deployment.recall()).toMatchObject({ generation: 1, key: '' })
  })

  it('is loaded with the states that servers have', async () => {
    const { haproxy, serve, serverStatePath } = world()
    await serve(aTable({ one: 'x' }, 'a', 'b'))
    expect(haproxy.starts).toBe(1)
    const lines = readFileSync(serverStatePath, 'utf8').trim().split('\n')
    expect(lines[0]).toBe('1')
    expect(lines.slice(2).map((line) => line.split(' ').slice(1, 6))).toEqual([
      ['b', '1', 'a', 'a', '2'],
      ['b', '2', 'b', 'b', '2'],
    ])
  })
})
