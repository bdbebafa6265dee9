/** How `up` and its processes end, and what is found again at the next start. Real containers where they matter. */
import { once } from 'node:events'
import { createServer } from 'node:net'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ListClustersCommand } from '@aws-sdk/client-ecs'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { buildBusyboxImage } from '../busybox-image.ts'
import { connectedInstance, startLongshore, until } from '../longshore.ts'
import { describeTask, look, reached, removeContainersOf, runSleeper } from './containers.ts'
import { aPlace, begin, type Place, run } from './run.ts'

const LONGEST_END_MS = 8000

let image: string
beforeAll(async () => {
  image = await buildBusyboxImage()
})

let place: Place
beforeEach(() => {
  place = aPlace()
})
afterEach(() => {
  for (const id of place.processes()) process.kill(id, 'SIGKILL')
  place.remove()
})

const start = (runtime: 'docker' | 'simulated' = 'simulated') =>
  startLongshore({ dataDir: place.dataDir, runtime, env: place.env })

const nothingRuns = (): Promise<unknown> => until('all processes to end', () => place.processes().length === 0)

describe('Ctrl-C', () => {
  it('ends everything within seconds; containers run on and are found again, the same on the same instance', async () => {
    const first = await start('docker')
    const instance = await connectedInstance(first.client)
    const task = await runSleeper(first.client, image)
    const runtimeId = task.containers?.[0]?.runtimeId ?? ''
    const before = look(runtimeId)
    expect(before?.isRunning).toBe(true)

    const startedAt = performance.now()
    expect(await first.stop({ keepData: true })).toBe(0)
    expect(performance.now() - startedAt).toBeLessThan(LONGEST_END_MS)
    expect(place.processes()).toEqual([])
    expect(look(runtimeId)).toEqual(before)

    const second = await start('docker')
    expect(await connectedInstance(second.client)).toBe(instance)
    const found = await describeTask(second.client, task.taskArn ?? '')
    expect(found).toMatchObject({ lastStatus: 'RUNNING', startedAt: task.startedAt, containers: [{ runtimeId }] })
    expect(look(runtimeId)).toEqual(before)
    removeContainersOf([task])
    await reached(second.client, task.taskArn ?? '', 'STOPPED')
    expect(await second.stop({ keepData: true })).toBe(0)
  })

  it('reaches every process at once on a terminal; the end is the same, and nothing is started again', async () => {
    const longshore = await start()
    await connectedInstance(longshore.client)
    for (const id of place.processes()) process.kill(id, 'SIGINT')
    expect(await longshore.ended).toBe(0)
    expect(place.processes()).toEqual([])
    expect(longshore.output()).not.toContain('is started again')
  })

  it('ends a start that is not yet done', async () => {
    const socket = path.join(place.dataDir, 'docker.sock')
    const silentDocker = createServer()
    const isAsked = once(silentDocker, 'connection')
    silentDocker.listen(socket)
    const up = begin(['up', '--port', '0'], { ...place.env, DOCKER_HOST: `unix://${socket}` })
    await isAsked
    const startedAt = performance.now()
    up.signal('SIGINT')
    expect(await up.ended).toBe(0)
    expect(performance.now() - startedAt).toBeLessThan(LONGEST_END_MS)
    expect(place.processes()).toEqual([])
    silentDocker.close()
  })
})

describe('kill -9', () => {
  it('of `up` leaves no orphan, and the next start works at once', async () => {
    const first = await start('docker')
    await connectedInstance(first.client)
    first.killUp()
    const second = await start('docker')
    await connectedInstance(second.client)
    await until('the processes of the first to end', () => place.processes().length === 3)
    expect(await second.stop({ keepData: true })).toBe(0)
    expect(place.processes()).toEqual([])
  })

  it('of `up` leaves no orphan when it has just been started', async () => {
    for (const afterMs of [50, 100, 150, 200, 300]) {
      const up = begin(['up', '--port', '0', '--runtime', 'simulated'], place.env)
      await sleep(afterMs)
      up.signal('SIGKILL')
      await up.ended
      await nothingRuns()
    }
    expect(place.processes()).toEqual([])
  })

  it('of the server: it comes back on the same port, and the agent reconnects', async () => {
    const longshore = await start()
    const instance = await connectedInstance(longshore.client)
    const before = longshore.processId('server')
    longshore.kill('server')
    await until('another server', () => {
      const now = longshore.processId('server')
      return now !== undefined && now !== before
    })
    expect(await connectedInstance(longshore.client)).toBe(instance)
    await longshore.stop({ keepData: true })
  })

  it('of the agent: it comes back as the same instance', async () => {
    const longshore = await start('docker')
    const instance = await connectedInstance(longshore.client)
    const before = longshore.processId('agent')
    longshore.kill('agent')
    await until('another agent', () => {
      const now = longshore.processId('agent')
      return now !== undefined && now !== before
    })
    await until(
      'the agent to connect again',
      () => longshore.output().split('"message":"connected","link":"ACS"').length > 2,
    )
    expect(await connectedInstance(longshore.client)).toBe(instance)
    await longshore.stop({ keepData: true })
  })
})

describe('a reader of the output that goes away', () => {
  it('is no reason to end', async () => {
    const longshore = await start()
    await connectedInstance(longshore.client)
    longshore.closeOutput()
    for (let call = 0; call < 20; call++) await longshore.client.send(new ListClustersCommand({}))
    expect(place.processes()).toHaveLength(3)
    expect(await longshore.stop({ keepData: true })).toBe(0)
  })
})

describe('a server on its own', () => {
  it('says what it listens on, answers status and env, and goes down', async () => {
    const server = await startLongshore({ command: 'server', dataDir: place.dataDir, env: place.env })
    expect(server.stdout()).toMatch(/^Longshore \S+ listens on \S+ \(.*, no agent\)\. Point AWS tools at it: .*\n$/)
    expect(run(['env'], place).stdout).toContain(`AWS_ENDPOINT_URL=${server.endpoint}`)
    expect(run(['status'], place).stdout).toContain('No container instance has registered.')
    expect(run(['down'], place)).toMatchObject({ status: 0, said: '' })
    expect(await server.ended).toBe(0)
  })
})
