/** The engine dies, freezes and comes back: calls say so in finite time, and everything works again afterwards. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DockerRuntime } from '../../../src/agent/docker/docker-runtime.ts'
import { parseDockerHost } from '../../../src/agent/docker/engine-endpoint.ts'
import type { RuntimeEvent } from '../../../src/agent/runtime.ts'
import { SystemClock } from '../../../src/kit/clock.ts'
import { SystemIds } from '../../../src/kit/ids.ts'
import { until } from '../longshore.ts'
import { Harness, OWN_LABELS } from './harness.ts'

let harness: Harness

beforeAll(async () => {
  harness = await Harness.start({ liveRestore: true })
})

afterAll(() => harness.stop())

describe('an engine that is killed', () => {
  it('is unreachable at once for calls under way and new ones, and is found again', async () => {
    const { runtime } = harness.host
    const id = await harness.run({ command: ['sleep', '600'] })
    const events: RuntimeEvent[] = []
    let connections = 0
    const stream = runtime.events(
      OWN_LABELS,
      (event) => events.push(event),
      () => connections++,
    )
    await until('the stream of events', () => connections === 1)

    const stopping = runtime.stop(id, 60).then(
      () => 'stopped',
      (error: unknown) => error,
    )
    await new Promise((resolve) => setTimeout(resolve, 200))
    await harness.engine.kill()
    expect(await stopping).toMatchObject({ kind: 'unreachable' })
    const begin = performance.now()
    for (const call of [
      runtime.ping(),
      runtime.inspect(id),
      runtime.start(id),
      runtime.list(OWN_LABELS),
      runtime.pull('web'),
    ]) {
      await expect(call).rejects.toMatchObject({ kind: 'unreachable' })
    }
    // The shortest of their time limits is twice as long.
    expect(performance.now() - begin).toBeLessThan(5000)

    await harness.engine.restart()
    await runtime.ping()
    await until('the stream of events again', () => connections === 2)
    expect(await runtime.inspect(id)).toMatchObject({ status: 'running' })
    events.length = 0
    await runtime.stop(id, 0)
    await until('the end', () => events.some(({ containerId, action }) => containerId === id && action === 'die'))
    await runtime.remove(id)
    stream.close()
  })

  it('is found again however often it goes', async () => {
    const id = await harness.run({ command: ['sleep', '600'] })
    for (let turn = 0; turn < 3; turn++) {
      await harness.engine.kill()
      await harness.engine.restart()
      expect(await harness.host.runtime.inspect(id)).toMatchObject({ id, status: 'running' })
    }
    await harness.host.runtime.remove(id)
  })
})

describe('an engine that freezes', () => {
  it('runs into the time limit of the call', async () => {
    const runtime = new DockerRuntime({
      endpoint: parseDockerHost(harness.engine.host)!,
      clock: new SystemClock(),
      ids: new SystemIds(),
      timeouts: { inspectMs: 300 },
    })
    await runtime.ping()
    harness.engine.freeze()
    await expect(runtime.inspect('anything')).rejects.toMatchObject({ kind: 'timeout' })
    harness.engine.thaw()
    await until('an answer', async () => (await runtime.inspect('anything')) === undefined)
    runtime.close()
  })
})

describe('an engine that was never there', () => {
  it('is unreachable, in the words of the docker command', async () => {
    const runtime = new DockerRuntime({
      endpoint: parseDockerHost('unix:///tmp/no-such-engine.sock')!,
      clock: new SystemClock(),
      ids: new SystemIds(),
    })
    await expect(runtime.info()).rejects.toMatchObject({
      kind: 'unreachable',
      message:
        'Cannot connect to the Docker daemon at unix:///tmp/no-such-engine.sock. Is the docker daemon running? (ENOENT)',
    })
  })
})
