/** What becomes of containers: exits, kills, stops, health, events, and the engine's words when something cannot be. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RuntimeEvent } from '../../../src/agent/runtime.ts'
import { aTask, Harness, OWN_LABELS } from './harness.ts'

let harness: Harness

beforeAll(async () => {
  harness = await Harness.start()
})

afterAll(() => harness.stop())

const OBEDIENT = ['sh', '-c', 'trap "exit 3" TERM; echo ready; while :; do sleep 0.1; done']

/** A container whose first line of output says that it is ready for signals. */
const runObedient = async (): Promise<string> => {
  const id = await harness.run({ command: OBEDIENT })
  while ((await harness.logs(id)) === '') await new Promise((resolve) => setTimeout(resolve, 10))
  return id
}

describe('an exit', () => {
  it.each([0, 1, 255])('with code %i is known with its times', async (code) => {
    // Docker notes the start after the fact: a process that ends at once may have ended before it.
    const id = await harness.run({ command: ['sh', '-c', `sleep 0.5; exit ${code}`] })
    const state = await harness.ended(id)
    expect(state).toMatchObject({ status: 'exited', exitCode: code, oomKilled: false, error: '' })
    expect(Date.parse(state.finishedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(state.startedAt ?? ''))
    await harness.host.runtime.remove(id)
  })

  it('for want of memory is told apart from other kills', async () => {
    const id = await harness.run({ memory: 16, command: ['sh', '-c', 'dd if=/dev/zero of=/dev/null bs=64M count=1'] })
    // The engine may note the end before its cause.
    const state = await harness.until(id, ({ status, oomKilled }) => status === 'exited' && oomKilled)
    expect(state.exitCode).toBe(137)
    await harness.host.runtime.remove(id)
  })
})

describe('a stop', () => {
  it('is by the stop signal where that is heeded', async () => {
    const id = await runObedient()
    const begin = performance.now()
    await harness.host.runtime.stop(id, 20)
    expect(performance.now() - begin).toBeLessThan(10_000)
    expect(await harness.host.runtime.inspect(id)).toMatchObject({ status: 'exited', exitCode: 3 })
    await harness.host.runtime.stop(id, 20)
    await harness.host.runtime.remove(id)
  })

  it('is by SIGKILL when the time is over', async () => {
    const id = await harness.run({ command: ['sleep', '600'] })
    const begin = performance.now()
    await harness.host.runtime.stop(id, 1)
    expect(performance.now() - begin).toBeGreaterThanOrEqual(1000)
    expect(await harness.host.runtime.inspect(id)).toMatchObject({ status: 'exited', exitCode: 137, oomKilled: false })
    await harness.host.runtime.remove(id)
  })

  it('uses the signal that the container asks for', async () => {
    const id = await harness.run({
      command: ['sh', '-c', 'trap "exit 7" USR1; echo ready; while :; do sleep 0.1; done'],
      dockerConfig: { config: '{"StopSignal":"SIGUSR1"}' },
    })
    while ((await harness.logs(id)) === '') await new Promise((resolve) => setTimeout(resolve, 10))
    await harness.host.runtime.stop(id, 20)
    expect(await harness.host.runtime.inspect(id)).toMatchObject({ exitCode: 7 })
    await harness.host.runtime.remove(id)
  })
})

describe('what cannot be', () => {
  it('is told by the engine: no such command', async () => {
    const id = await harness.create(aTask(harness.image, [{ command: ['/no/such/command'] }]))
    await expect(harness.host.runtime.start(id)).rejects.toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('no such file or directory') as string,
    })
    const state = await harness.host.runtime.inspect(id)
    expect(state).toMatchObject({ status: 'created', error: expect.stringContaining('/no/such/command') as string })
    expect(state).not.toHaveProperty('exitCode')
    await harness.host.runtime.remove(id)
  })

  it('is told by the engine: no such image', async () => {
    await expect(harness.create(aTask('longshore-test/nothing:1', [{}]))).rejects.toMatchObject({
      kind: 'not-found',
      message: 'No such image: longshore-test/nothing:1',
    })
  })

  it('is told by the engine: a name that is taken, memory below its minimum', async () => {
    const task = aTask(harness.image, [{}])
    const id = await harness.create(task)
    await expect(harness.create(task)).rejects.toMatchObject({ kind: 'conflict' })
    await harness.host.runtime.remove(id)
    const small = aTask(harness.image, [{ dockerConfig: { hostConfig: '{"Memory":1048576}' } }])
    await expect(harness.create(small)).rejects.toMatchObject({
      kind: 'refused',
      message: 'Minimum memory limit allowed is 6MB',
    })
  })

  it('is no error where the container is gone', async () => {
    expect(await harness.host.runtime.inspect('nothing')).toBeUndefined()
    await harness.host.runtime.remove('nothing')
    await expect(harness.host.runtime.stop('nothing', 1)).rejects.toMatchObject({ kind: 'not-found' })
  })

  it('is removed once, however many ask at once', async () => {
    const id = await harness.run({ command: ['sleep', '600'] })
    await Promise.all(Array.from({ length: 5 }, () => harness.host.runtime.remove(id)))
    expect(await harness.host.runtime.inspect(id)).toBeUndefined()
  })
})

describe('health', () => {
  it('is what the check says, with its output', async () => {
    const Healthcheck = {
      Test: ['CMD-SHELL', 'cat /state/health'],
      Interval: 100_000_000,
      Timeout: 5_000_000_000,
      Retries: 1,
    }
    const sourcePath = path.join(harness.directory, 'state')
    mkdirSync(sourcePath)
    writeFileSync(path.join(sourcePath, 'health'), 'fine\n')
    const id = await harness.run(
      {
        command: ['sleep', '600'],
        dockerConfig: { config: JSON.stringify({ Healthcheck }) },
        mountPoints: [{ sourceVolume: 'state', containerPath: '/state', readOnly: true }],
      },
      { volumes: [{ name: 'state', host: { sourcePath } }] },
    )
    const healthy = await harness.until(id, ({ health }) => health?.status === 'healthy')
    expect(healthy.health).toMatchObject({ output: 'fine\n', exitCode: 0 })
    rmSync(path.join(sourcePath, 'health'))
    const unhealthy = await harness.until(id, ({ health }) => health?.status === 'unhealthy')
    expect(unhealthy.health?.output).toContain('No such file')
    await harness.host.runtime.remove(id)
  })
})

describe('statistics', () => {
  it('count what a container uses', async () => {
    const id = await harness.run({ command: ['sh', '-c', 'while :; do :; done'] })
    const first = await harness.host.runtime.stats(id)
    const second = await harness.host.runtime.stats(id)
    expect(second.cpuTotalNanoseconds).toBeGreaterThan(first.cpuTotalNanoseconds)
    expect(second.memoryBytes).toBeGreaterThan(0)
    expect(second.onlineCpus).toBeGreaterThan(0)
    expect(second.readAt).toBeGreaterThanOrEqual(first.readAt)
    await harness.host.runtime.remove(id)
  })
})

describe('events', () => {
  it('tell of this agent’s containers, in order, and of no other’s', async () => {
    const seen: RuntimeEvent[] = []
    let connected = (): void => {}
    const isConnected = new Promise<void>((resolve) => (connected = resolve))
    const events = harness.host.runtime.events(OWN_LABELS, (event) => seen.push(event), connected)
    await isConnected
    const Healthcheck = { Test: ['CMD', 'true'], Interval: 100_000_000 }
    const dockerConfig = { config: JSON.stringify({ Healthcheck }) }
    const task = aTask(harness.image, [{ command: ['sleep', '600'], dockerConfig }])
    const foreign = await harness.host.runtime.create('foreign', { Image: harness.image, Labels: {} })
    const id = await harness.create(task)
    await harness.host.runtime.start(id)
    await harness.until(id, ({ health }) => health?.status === 'healthy')
    await harness.host.runtime.stop(id, 0)
    for (const container of [id, foreign]) await harness.host.runtime.remove(container)
    const actions = () => seen.filter(({ containerId }) => containerId === id).map(({ action }) => action)
    while (!actions().includes('destroy')) await new Promise((resolve) => setTimeout(resolve, 10))
    expect(actions()).toEqual(['create', 'start', 'health_status', 'die', 'stop', 'destroy'])
    expect(seen.some(({ containerId }) => containerId === foreign)).toBe(false)
    expect(seen.at(-1)?.labels['com.amazonaws.ecs.task-arn']).toBe(task.arn)
    events.close()
  })
})
