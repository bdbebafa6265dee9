import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../kit/clock.ts'
import { SeededIds } from '../../kit/ids.ts'
import type { ContainerCreateBody } from '../runtime.ts'
import { SimulatedRuntime } from './simulated-runtime.ts'

const aRuntime = () => {
  const clock = new ManualClock()
  return { clock, runtime: new SimulatedRuntime({ clock, ids: new SeededIds(1), cpus: 4, memoryMiB: 1024 }) }
}

const aBody = (orders: Readonly<Record<string, string>> = {}, members: object = {}): ContainerCreateBody => ({
  Image: 'anything',
  Labels: Object.fromEntries(Object.entries(orders).map(([name, value]) => [`longshore.simulated.${name}`, value])),
  ...members,
})

const started = async (orders: Readonly<Record<string, string>>, members: object = {}) => {
  const { clock, runtime } = aRuntime()
  const id = await runtime.create('one', aBody(orders, members))
  await runtime.start(id)
  const state = async () => (await runtime.inspect(id))!
  return { clock, runtime, id, state }
}

describe('a simulated container', () => {
  it('exits when and as it is told', async () => {
    const { clock, state } = await started({ 'exit-after-seconds': '5', 'exit-code': '3' })
    await clock.advance(4999)
    expect((await state()).status).toBe('running')
    await clock.advance(1)
    expect(await state()).toMatchObject({ status: 'exited', exitCode: 3, oomKilled: false })
  })

  it('runs out of memory when it is told', async () => {
    const { clock, state } = await started({ 'out-of-memory-after-seconds': '5' })
    await clock.advance(5000)
    expect(await state()).toMatchObject({ status: 'exited', exitCode: 137, oomKilled: true })
  })

  it('takes its time to start', async () => {
    const { clock, runtime } = aRuntime()
    const id = await runtime.create('one', aBody({ 'start-delay-milliseconds': '300' }))
    const start = runtime.start(id)
    expect((await runtime.inspect(id))?.status).toBe('created')
    await clock.advance(300)
    await start
    expect((await runtime.inspect(id))?.status).toBe('running')
  })

  it('ends by the stop signal, or is killed if it ignores it', async () => {
    const polite = await started({})
    await polite.runtime.stop(polite.id, 30)
    expect((await polite.state()).exitCode).toBe(143)
    const deaf = await started({ 'ignore-stop': 'true' })
    const stop = deaf.runtime.stop(deaf.id, 30)
    await deaf.clock.advance(30_000)
    await stop
    expect((await deaf.state()).exitCode).toBe(137)
  })

  it('answers its health check by its interval and retries', async () => {
    const Healthcheck = { Test: ['CMD', 'true'], Interval: 10e9, Retries: 2 }
    const healthy = await started({}, { Healthcheck })
    expect((await healthy.state()).health?.status).toBe('starting')
    await healthy.clock.advance(10_000)
    expect((await healthy.state()).health?.status).toBe('healthy')
    const sick = await started({ health: 'unhealthy' }, { Healthcheck })
    await sick.clock.advance(19_999)
    expect((await sick.state()).health?.status).toBe('starting')
    await sick.clock.advance(1)
    expect((await sick.state()).health?.status).toBe('unhealthy')
    const wavering = await started({ health: 'flapping' }, { Healthcheck })
    await wavering.clock.advance(30_000)
    expect((await wavering.state()).health?.status).toBe('unhealthy')
    await wavering.clock.advance(10_000)
    expect((await wavering.state()).health?.status).toBe('healthy')
  })

  it('fails to be created or started when it is told', async () => {
    const { runtime } = aRuntime()
    await expect(runtime.create('one', aBody({ 'fail-create': 'no space' }))).rejects.toThrow('no space')
    const id = await runtime.create('two', aBody({ 'fail-start': 'true' }))
    await expect(runtime.start(id)).rejects.toThrow('simulated failure of start')
    expect((await runtime.inspect(id))?.status).toBe('created')
  })

  it('shows the use that it is told', async () => {
    const { clock, runtime, id } = await started({ 'cpu-percent': '50', 'memory-mebibytes': '100' })
    await clock.advance(10_000)
    expect(await runtime.stats(id)).toMatchObject({ cpuTotalNanoseconds: 5e9, memoryBytes: 100 * 1024 * 1024 })
  })
})

describe('the simulated runtime', () => {
  it('has each name once, and gives it back with the container', async () => {
    const { runtime } = aRuntime()
    const id = await runtime.create('one', aBody())
    await expect(runtime.create('one', aBody())).rejects.toMatchObject({ kind: 'conflict' })
    await runtime.remove(id)
    expect(await runtime.create('one', aBody())).not.toBe(id)
  })

  it('hands out dynamic host ports and refuses taken ones', async () => {
    const { runtime } = aRuntime()
    const bound = (HostPort: string) => aBody({}, { HostConfig: { PortBindings: { '80/tcp': [{ HostPort }] } } })
    const [a, b, c] = [
      await runtime.create('a', bound('')),
      await runtime.create('b', bound('')),
      await runtime.create('c', bound('32768')),
    ]
    await runtime.start(a)
    await runtime.start(b)
    expect((await runtime.inspect(b))?.ports[0]?.hostPort).toBe(32769)
    await expect(runtime.start(c)).rejects.toThrow('port is already allocated')
    await runtime.remove(a)
    await runtime.start(c)
    expect((await runtime.inspect(c))?.ports[0]?.hostPort).toBe(32768)
  })

  it('tells those who listen of what has the labels they want', async () => {
    const { runtime } = aRuntime()
    const heard: string[] = []
    runtime.events(
      { mine: 'yes' },
      ({ action }) => heard.push(action),
      () => heard.push('connected'),
    )
    await Promise.resolve()
    const id = await runtime.create('one', { Image: 'i', Labels: { mine: 'yes' } })
    await runtime.start(await runtime.create('other', aBody()))
    await runtime.start(id)
    runtime.exit(id, 0)
    await runtime.remove(id)
    expect(heard).toEqual(['connected', 'start', 'die', 'destroy'])
  })
})
