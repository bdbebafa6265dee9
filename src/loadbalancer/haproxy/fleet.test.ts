import { describe, expect, it } from 'vitest'
import { FakeHaproxy, FakeWorker } from '../../../test/fakes/fake-haproxy.ts'
import { ManualClock } from '../../kit/clock.ts'
import { silentLog } from '../../kit/log.ts'
import type { RenderedBackend, RenderedConfiguration, RenderedServer } from '../configuration/settings.ts'
import { RuntimeRefused } from '../runtime-client.ts'
import { Fleet, isRuntimeFailure } from './fleet.ts'

const CHECKED = 'check inter 5s rise 2 fall 2'

const aServer = (name: string, given: Partial<RenderedServer> = {}): RenderedServer => ({
  name,
  target: name,
  address: `${name}:80`,
  parameters: CHECKED,
  isDraining: false,
  ...given,
})

const aBackend = (servers: readonly RenderedServer[], given: Partial<RenderedBackend> = {}): RenderedBackend => ({
  name: 'web',
  targetGroupArn: 'web',
  isChecked: true,
  hasServerCookies: false,
  isCrossZone: true,
  endsUnhealthy: false,
  servers,
  ...given,
})

const backendsOf = (...backends: readonly RenderedBackend[]): ReadonlyMap<string, RenderedBackend> =>
  new Map(backends.map((backend) => [backend.name, backend]))

const rendered = (backends: ReadonlyMap<string, RenderedBackend>): RenderedConfiguration => ({
  text: '',
  textWithoutServers: '',
  files: new Map(),
  backends,
  rules: new Map(),
  problems: new Map(),
})

/** After a start with these servers. */
const fleetWith = async (...servers: readonly RenderedServer[]) => {
  const haproxy = new FakeHaproxy()
  const clock = new ManualClock()
  const fleet = new Fleet(haproxy.connect, clock, silentLog)
  const reload = async (...now: readonly RenderedServer[]): Promise<void> => {
    const backends = backendsOf(aBackend(now))
    haproxy.reads(rendered(backends))
    fleet.replace(await (haproxy.starts === 0 ? haproxy.start() : haproxy.reload()), backends)
  }
  if (haproxy.starts === 0) {
    haproxy.reads(rendered(backendsOf(aBackend(servers))))
    fleet.replace(await haproxy.start(), backendsOf(aBackend(servers)))
  }
  const apply = (...now: readonly RenderedServer[]): Promise<void> =>
    fleet.apply(backendsOf(aBackend(now)), () => false)
  return { haproxy, clock, fleet, apply, reload, worker: haproxy.current }
}

describe('servers of a worker', () => {
  it('that come are down until they have passed a check, and no request slips in before', async () => {
    const { worker, apply } = await fleetWith()
    await apply(aServer('a'))
    expect(worker.states).toEqual({ 'web/a': 'DOWN' })
    expect(worker.told).toEqual([
      `add server web/a a:80 ${CHECKED}`,
      'enable health web/a',
      'set server web/a state drain',
      'set server web/a health down',
      'set server web/a state ready',
    ])
  })

  it('that come without checks get requests at once, and cookies where there are any', async () => {
    const { worker, fleet } = await fleetWith()
    const server = aServer('a', { parameters: '' })
    await fleet.apply(backendsOf(aBackend([server], { hasServerCookies: true })), () => false)
    expect(worker.states).toEqual({ 'web/a': 'no check' })
    expect(worker.cookies).toEqual(['web'])
  })

  it('are not touched when nothing changes', async () => {
    const { worker, apply } = await fleetWith(aServer('a'))
    await apply(aServer('a'))
    expect(worker.told).toEqual([])
  })

  it('that drain are in maintenance, and come back by way of a check', async () => {
    const { worker, apply } = await fleetWith(aServer('a'))
    await apply(aServer('a', { isDraining: true }))
    expect(worker.states).toEqual({ 'web/a': 'MAINT' })
    await apply(aServer('a'))
    expect(worker.states).toEqual({ 'web/a': 'DOWN' })
  })

  it('that go are deleted when they have no connections any more', async () => {
    const { worker, apply, fleet } = await fleetWith(aServer('a'))
    worker.server('web/a').connections = 1
    await apply()
    expect(worker.states).toEqual({ 'web/a': 'MAINT' })
    worker.server('web/a').connections = 0
    await fleet.deleteLeaving()
    expect(worker.states).toEqual({})
  })

  it('that go are cut where that is wanted', async () => {
    const { worker, fleet } = await fleetWith(aServer('a'))
    worker.server('web/a').connections = 1
    await fleet.apply(backendsOf(aBackend([])), () => true)
    expect(worker.states).toEqual({})
  })

  it('that return before they could be deleted are not added again', async () => {
    const { worker, apply, fleet } = await fleetWith(aServer('a'))
    worker.server('web/a').connections = 1
    await apply()
    await apply(aServer('a'))
    await fleet.deleteLeaving()
    expect(worker.states).toEqual({ 'web/a': 'DOWN' })
    expect(worker.told.filter((command) => command.startsWith('add'))).toEqual([])
  })

  it('of a backend that is used no more are left to end what they have', async () => {
    const { worker, fleet } = await fleetWith(aServer('a'))
    await fleet.apply(backendsOf(aBackend([aServer('b')], { name: 'other' })), () => true)
    expect(worker.states).toEqual({ 'web/a': 'UP' })
    expect(worker.told).toEqual([])
  })

  it('need a reload when their own settings change, but not when they drain', async () => {
    const { fleet } = await fleetWith(aServer('a'))
    const needs = (server: RenderedServer): boolean | undefined => fleet.current?.needsReload([aBackend([server])])
    expect(needs(aServer('a'))).toBe(false)
    expect(needs(aServer('a', { isDraining: true, parameters: `${CHECKED} disabled` }))).toBe(false)
    expect(needs(aServer('a', { parameters: 'check inter 9s rise 2 fall 2' }))).toBe(true)
    expect(needs(aServer('a', { address: 'b:80' }))).toBe(true)
  })
})

describe('the first check of a server', () => {
  it('is made by another one that takes no requests, and that goes after it', async () => {
    const { worker, fleet } = await fleetWith(aServer('a'))
    await fleet.checkNow(['web/a'])
    expect(worker.server('web/first-check:a')).toMatchObject({ address: 'a:80', state: 'ready', isUp: true })
    expect(worker.server('web/first-check:a').parameters).toContain('weight 0')
    await fleet.endFirstCheck('web/a')
    expect(worker.states).toEqual({ 'web/a': 'UP' })
  })

  it('is not made of one that drains, is not checked, is not there, or has one already', async () => {
    const { worker, fleet } = await fleetWith(
      aServer('a', { isDraining: true }),
      aServer('b', { parameters: '' }),
      aServer('c'),
    )
    await fleet.checkNow(['web/a', 'web/b', 'web/d', 'web/c'])
    await fleet.checkNow(['web/c'])
    expect(worker.told.filter((command) => command.startsWith('add')).length).toBe(1)
  })

  it('is begun again if it was enabled too late, but not when its result comes meanwhile', async () => {
    const { worker, fleet, clock } = await fleetWith(aServer('a'))
    const added = (): number => worker.told.filter((command) => command.startsWith('add')).length
    let deleted = 0
    worker.beforeAnswer = (command) => {
      if (command.endsWith('health up')) return clock.advance(100)
      if (command.startsWith('del') && ++deleted === 2) return fleet.endFirstCheck('web/a')
      return undefined
    }
    await fleet.checkNow(['web/a'])
    expect(added()).toBe(2)
    expect(worker.states).toEqual({ 'web/a': 'UP' })
    worker.beforeAnswer = () => undefined
    await fleet.checkNow(['web/a'])
    expect(added()).toBe(3)
    expect(worker.states).toHaveProperty('web/first-check:a')
  })

  it('can be made later if it was refused', async () => {
    const { worker, fleet } = await fleetWith(aServer('a'))
    worker.refusal = { command: 'add server', answer: 'out of memory' }
    await expect(fleet.checkNow(['web/a'])).rejects.toBeInstanceOf(RuntimeRefused)
    await fleet.checkNow(['web/a'])
    expect(worker.states).toHaveProperty('web/first-check:a')
  })

  it('waits its turn where there are many', async () => {
    const names = Array.from({ length: 250 }, (_, index) => `s${index}`)
    const { worker, fleet } = await fleetWith(...names.map((name) => aServer(name)))
    await fleet.checkNow(names.map((name) => `web/${name}`))
    const checks = (): number => Object.keys(worker.states).filter((name) => name.includes('first-check:')).length
    expect(checks()).toBe(200)
    for (const name of names.slice(0, 60)) await fleet.endFirstCheck(`web/${name}`)
    expect(checks()).toBe(190)
  })
})

describe('several workers', () => {
  it('get the same commands, and old ones the health that the current one finds', async () => {
    const { haproxy, fleet, apply, reload, worker: old } = await fleetWith(aServer('a'))
    await reload(aServer('a'))
    await apply(aServer('a', { isDraining: true }), aServer('b'))
    expect(old.states).toEqual({ 'web/a': 'MAINT', 'web/b': 'DOWN' })
    expect(haproxy.current.states).toEqual(old.states)
    await fleet.setHealth('web/b', 'up', 'old')
    expect([old.states['web/b'], haproxy.current.states['web/b']]).toEqual(['UP', 'DOWN'])
    await fleet.setHealth('web/b', 'up', 'all')
    expect(haproxy.current.states['web/b']).toBe('UP')
  })

  it('are counted together when it is asked what is under way', async () => {
    const { haproxy, fleet, reload, worker: old } = await fleetWith(aServer('a'))
    await reload(aServer('a'))
    old.server('web/a').connections = 2
    haproxy.current.server('web/a').connections = 3
    expect(await fleet.sessions('web')).toEqual(new Map([['a', 5]]))
    expect(await fleet.sessions('other')).toEqual(new Map())
  })

  it('may end at any moment, if they are old', async () => {
    const { haproxy, fleet, apply, reload, worker: old } = await fleetWith(aServer('a'))
    await reload(aServer('a'))
    old.isGone = true
    await apply(aServer('b'))
    expect(haproxy.current.states).toEqual({ 'web/b': 'DOWN' })
    fleet.keep({
      processId: 1,
      reloads: 1,
      failedReloads: 0,
      worker: [...haproxy.workers.keys()].at(-1) ?? 0,
      oldWorkers: [],
    })
    expect(fleet.oldWorkers).toBe(0)
  })

  it('fail the change if the current one refuses it', async () => {
    const { worker, apply } = await fleetWith()
    worker.refusal = { command: 'add server', answer: 'out of memory' }
    const refused = await apply(aServer('a')).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(RuntimeRefused)
    expect(isRuntimeFailure(refused)).toBe(true)
  })

  it('from before are taken over with what they have, without first checks that nobody waits for', async () => {
    const haproxy = new FakeHaproxy()
    const [old, current] = [new FakeWorker(['web']), new FakeWorker(['web', 'other'])]
    haproxy.workers.set(7, old).set(8, current)
    old.put('web', 'a', { address: 'a:80', parameters: CHECKED })
    current.put('web', 'a', { address: 'a:80', parameters: CHECKED, state: 'maint' })
    current.put('web', 'first-check:b', { address: 'b:80', parameters: CHECKED })
    const fleet = new Fleet(haproxy.connect, new ManualClock(), silentLog)
    const state = { processId: 1, reloads: 4, failedReloads: 0, worker: 8, oldWorkers: [7] }
    const statistics = await fleet.adopt(state, { generation: 4, key: 'k', sockets: [], parameters: { web: CHECKED } })
    expect(statistics.map(({ server }) => server)).toEqual(['a', 'first-check:b'])
    expect(current.states).toEqual({ 'web/a': 'MAINT' })
    expect(fleet.oldWorkers).toBe(1)
    expect(fleet.current?.processId).toBe(8)
    expect(fleet.current?.servers).toEqual(
      new Map([['web/a', { address: 'a:80', parameters: CHECKED, isDraining: true }]]),
    )
    expect(fleet.current?.needsReload([aBackend([aServer('a')])])).toBe(false)
  })
})
