/** Images from a registry: digests, credentials, refusals, silence, clean-up. The engine shares the test's network to reach it. */
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { DockerHost } from '../../../src/agent/docker/docker-host.ts'
import { openDockerHost } from '../../../src/agent/docker/docker-host.ts'
import { DockerRuntime } from '../../../src/agent/docker/docker-runtime.ts'
import { parseDockerHost } from '../../../src/agent/docker/engine-endpoint.ts'
import type { ImageOutcome } from '../../../src/agent/engine/tools.ts'
import { NO_TASK_ROLES } from '../../../src/agent/metadata/task-roles.ts'
import { type Clock, ManualClock, SystemClock } from '../../../src/kit/clock.ts'
import { SystemIds } from '../../../src/kit/ids.ts'
import { silentLog } from '../../../src/kit/log.ts'
import { aTask, Harness } from './harness.ts'
import { TestRegistry } from './test-registry.ts'

let harness: Harness
let registry: TestRegistry

beforeAll(async () => {
  registry = await TestRegistry.start()
  harness = await Harness.start({ network: 'host' })
})

afterAll(async () => {
  await harness.stop()
  await registry.stop()
})

beforeEach(() => {
  registry.login = undefined
  registry.requests.length = 0
})

/** What may be left of four images at any moment. */
const ORDERS = ['fill-0 fill-1 fill-2 fill-3', 'fill-0 fill-2 fill-3', 'fill-0 fill-3', 'fill-0']
const CYCLE_MS = 30 * 60_000
const WAITING = { timeout: 90_000, interval: 200 }
/** Less than what is tried again takes. */
const RETRIES_MS = 12_000

const openHost = (
  environment: Readonly<Record<string, string>> = {},
  clock: Clock = new SystemClock(),
): Promise<DockerHost> =>
  openDockerHost({
    taskRoles: NO_TASK_ROLES,
    config: Harness.config(harness.engine, harness.directory, { ECS_CHECKPOINT: 'false', ...environment }).config,
    clock,
    ids: new SystemIds(),
    log: silentLog,
  })

const ensure = async (host: DockerHost, image: string): Promise<{ outcome: ImageOutcome; digests: string[] }> => {
  const digests: string[] = []
  const task = aTask(image, [{}])
  const outcome = await host.images.ensure(task, task.containers[0]!, (digest) => digests.push(digest))
  return { outcome, digests }
}

describe('an image of a registry', () => {
  it('is pulled by its digest, runs under the name it was asked for by, and follows the tag', async () => {
    const first = registry.push('moving', ['VERSION=1'])
    const image = `${registry.repository}:moving`
    const pulled = await ensure(harness.host, image)
    expect(pulled).toMatchObject({ outcome: { status: 'ready', digest: first }, digests: [first] })
    const task = aTask(image, [{ command: ['env'] }], { networkMode: 'none' })
    const id = await harness.create(task)
    await harness.host.runtime.start(id)
    await harness.ended(id)
    expect(await harness.logs(id)).toContain('VERSION=1\n')
    await harness.host.runtime.remove(id)

    registry.requests.length = 0
    expect((await ensure(harness.host, image)).outcome).toMatchObject({ digest: first })
    // Naming the digest, the engine looks into the image's configuration; its layers it does not touch.
    expect(registry.requests.filter((line) => line.includes('/blobs/')).length).toBeLessThanOrEqual(1)

    const second = registry.push('moving', ['VERSION=2'])
    expect((await ensure(harness.host, image)).outcome).toMatchObject({ digest: second })
    expect((await harness.host.runtime.localImage(image))?.environment).toContain('VERSION=2')
  })

  it('is fetched once for all who want it', async () => {
    registry.push('popular', ['POPULAR=1'])
    const image = `${registry.repository}:popular`
    const all = await Promise.all(Array.from({ length: 10 }, () => ensure(harness.host, image)))
    expect(all.every(({ outcome }) => outcome.status === 'ready')).toBe(true)
    const manifests = registry.requests.filter((line) => line.startsWith('GET') && line.includes('/manifests/'))
    expect(manifests.length).toBeLessThanOrEqual(2)
  })

  it.each([
    ['docker', { username: 'user', password: 'secret' }],
    ['dockercfg', { auth: Buffer.from('user:secret').toString('base64') }],
  ])('is had with the configured credentials of type %s, and not without', async (type, login) => {
    registry.push(`private-${type}`, [`PRIVATE=${type}`])
    registry.login = 'user:secret'
    const image = `${registry.repository}:private-${type}`
    expect((await ensure(harness.host, image)).outcome).toMatchObject({
      status: 'failed',
      error: 'CannotPullImageManifestError',
    })
    const server = registry.repository.split('/')[0]!
    const host = await openHost({
      ECS_ENGINE_AUTH_TYPE: type,
      ECS_ENGINE_AUTH_DATA: JSON.stringify({ [server]: login }),
    })
    expect((await ensure(host, image)).outcome).toMatchObject({ status: 'ready' })
    host.close()
  })

  it('survives a registry that is unwell for a moment', async () => {
    registry.push('flaky', ['FLAKY=1'])
    registry.failures = [500, 502]
    expect((await ensure(harness.host, `${registry.repository}:flaky`)).outcome).toMatchObject({ status: 'ready' })
  })
})

describe('an image that cannot be had', () => {
  const soon = async (image: string): Promise<ImageOutcome> => {
    const begin = performance.now()
    const { outcome } = await ensure(harness.host, image)
    expect(performance.now() - begin).toBeLessThan(RETRIES_MS)
    return outcome
  }

  it('is reported at once: no such tag', async () => {
    expect(await soon(`${registry.repository}:nothing`)).toMatchObject({
      status: 'failed',
      error: 'CannotPullImageManifestError',
      message: expect.stringMatching(/^Error response from daemon: .*manifest unknown/) as string,
    })
  })

  it('is reported at once: no such registry', async () => {
    expect(await soon('registry.invalid/web:1')).toMatchObject({
      status: 'failed',
      error: 'CannotPullImageManifestError',
      message: expect.stringContaining('Error response from daemon: ') as string,
    })
  })

  it('is replaced by the local copy', async () => {
    expect(await soon(harness.image)).toMatchObject({ status: 'ready' })
  })

  it('is given up when the registry falls silent', async () => {
    registry.push('silent', ['SILENT=1'])
    registry.isSilent = true
    const runtime = new DockerRuntime({
      endpoint: parseDockerHost(harness.engine.host)!,
      clock: new SystemClock(),
      ids: new SystemIds(),
      timeouts: { pullInactivityMs: 500 },
    })
    await expect(runtime.pull(`${registry.repository}:silent`)).rejects.toMatchObject({
      message: 'inactivity time exceeded timeout while pulling image',
    })
    registry.isSilent = false
    runtime.close()
  })
})

describe('clean-up', () => {
  it('deletes an unused image and spares one that a container uses', async () => {
    const { runtime } = harness.host
    registry.push('unused', ['UNUSED=1'])
    registry.push('used', ['USED=1'])
    const [unused, used] = [`${registry.repository}:unused`, `${registry.repository}:used`]
    for (const image of [unused, used]) await ensure(harness.host, image)
    const id = await harness.create(aTask(used, [{}]))
    await runtime.removeImage(unused)
    expect(await runtime.localImage(unused)).toBeUndefined()
    await expect(runtime.removeImage(used)).rejects.toMatchObject({ kind: 'conflict' })
    await expect(runtime.removeImage(unused)).rejects.toMatchObject({ kind: 'not-found' })
    await runtime.remove(id)
    await runtime.removeImage(used)
  })

  it('takes what was unused the longest, so many at a time, and what it did not pull where it is told to', async () => {
    const clock = new ManualClock(new SystemClock().now())
    const settings = {
      ECS_NUM_IMAGES_DELETE_PER_CYCLE: '2',
      ECS_ENABLE_UNTRACKED_IMAGE_CLEANUP: 'true',
      ECS_EXCLUDE_UNTRACKED_IMAGE: harness.image,
    }
    const host = await openHost(settings, clock)
    const { runtime } = host
    const names = ['fill-0', 'fill-1', 'fill-2', 'fill-3']
    const images = names.map((name) => `${registry.repository}:${name}`)
    for (const [index, image] of images.entries()) {
      registry.push(names[index]!, [`FILL=${index}`])
      await ensure(host, image)
      await clock.advance(1000)
    }
    registry.push('foreign', ['FOREIGN=1'])
    const foreign = `${registry.repository}:foreign`
    await runtime.pull(foreign)
    const inUse = aTask(images[0]!, [{}])
    host.startImageCleanup(() => [inUse])
    const left = async (): Promise<string[]> => {
      const all = await Promise.all([...images, foreign].map((image) => runtime.localImage(image)))
      return [...names, 'foreign'].filter((_, index) => all[index] !== undefined)
    }
    // Images of the tests before are foreign to this agent, too. The longest unused of its own goes first, the one in use never.
    const seen: string[] = []
    await vi.waitFor(async () => {
      await clock.advance(CYCLE_MS)
      const now = await left()
      seen.push(now.filter((name) => name !== 'foreign').join(' '))
      expect(now).toEqual(['fill-0'])
    }, WAITING)
    expect(ORDERS).toEqual(expect.arrayContaining(seen))
    host.close()
  })
})
