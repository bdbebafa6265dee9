import { describe, expect, it } from 'vitest'
import { FakeHaproxy, FakeWorker } from '../../../test/fakes/fake-haproxy.ts'
import { ManualClock } from '../../kit/clock.ts'
import { silentLog } from '../../kit/log.ts'
import type { RenderedBackend } from '../configuration/settings.ts'
import { Fleet } from '../haproxy/fleet.ts'
import { DrainWatch } from './drain-watch.ts'

const backends: readonly RenderedBackend[] = ['web', 'web:open'].map((name) => ({
  name,
  targetGroupArn: 'web',
  isChecked: name === 'web',
  hasServerCookies: false,
  isCrossZone: true,
  endsUnhealthy: false,
  servers: [{ name: 's', target: 'a', address: 'a:80', parameters: '', isDraining: true }],
}))

/** A worker and an old one, both with the target's two servers. */
const world = async () => {
  const haproxy = new FakeHaproxy()
  for (const processId of [7, 8]) {
    const worker = new FakeWorker(backends.map(({ name }) => name))
    for (const { name } of backends) worker.put(name, 's', { address: 'a:80', parameters: '', state: 'maint' })
    haproxy.workers.set(processId, worker)
  }
  const fleet = new Fleet(haproxy.connect, new ManualClock(), silentLog)
  const state = { processId: 1, reloads: 1, failedReloads: 0, worker: 8, oldWorkers: [7] }
  await fleet.adopt(state, { generation: 1, key: '', sockets: [], parameters: {} })
  const drained: string[] = []
  const watch = new DrainWatch(fleet, {
    draining: () => (drained.length > 0 ? [] : [{ targetGroupArn: 'web', target: 'a' }]),
    onDrained: (targetGroupArn, target) => drained.push(`${targetGroupArn} ${target}`),
  })
  const server = (processId: number, name: string) => haproxy.workers.get(processId)!.server(`${name}/s`)
  return { watch, server, drained, haproxy, fleet }
}

describe('draining', () => {
  it('ends at the second look that finds nothing', async () => {
    const { watch, drained } = await world()
    await watch.look(backends)
    expect(drained).toEqual([])
    await watch.look(backends)
    expect(drained).toEqual(['web a'])
    await watch.look(backends)
    expect(drained).toEqual(['web a'])
  })

  it.each([
    [8, 'web'],
    [8, 'web:open'],
    [7, 'web'],
    [7, 'web:open'],
  ])('waits for connections of worker %i in %s', async (processId, backend) => {
    const { watch, server, drained } = await world()
    server(processId, backend).connections = 1
    for (let count = 0; count < 3; count++) await watch.look(backends)
    expect(drained).toEqual([])
    server(processId, backend).connections = 0
    await watch.look(backends)
    server(processId, backend).connections = 1
    await watch.look(backends)
    server(processId, backend).connections = 0
    await watch.look(backends)
    expect(drained).toEqual([])
    await watch.look(backends)
    expect(drained).toEqual(['web a'])
  })

  it('is not over while no backend is known', async () => {
    const { watch, drained } = await world()
    await watch.look(backends)
    for (let count = 0; count < 3; count++) await watch.look([])
    expect(drained).toEqual([])
  })

  it('is not over while no worker is known', async () => {
    const { watch, drained, fleet } = await world()
    await watch.look(backends)
    fleet.clear()
    for (let count = 0; count < 3; count++) await expect(watch.look(backends)).rejects.toThrow('no worker is known')
    expect(drained).toEqual([])
  })

  it('is not over because a worker does not answer', async () => {
    const { watch, drained, haproxy } = await world()
    haproxy.workers.get(7)!.isGone = true
    for (let count = 0; count < 3; count++) await expect(watch.look(backends)).rejects.toThrow('gone')
    expect(drained).toEqual([])
  })

  it('is not over of a target that no worker has as a server', async () => {
    const { watch, drained, haproxy } = await world()
    for (const worker of haproxy.workers.values()) worker.servers.get('web:open')?.delete('s')
    for (let count = 0; count < 3; count++) await watch.look(backends)
    expect(drained).toEqual([])
  })
})
