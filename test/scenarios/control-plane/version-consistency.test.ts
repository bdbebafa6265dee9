/** Tags that move while a service is deployed, while the control plane is killed, and when a deployment is rolled back. */
import { describe, expect, it } from 'vitest'
import { aRepository } from '../../builders/a-repository.ts'
import { type World, world } from '../../world.ts'

const MINUTE_MS = 60_000
const IMAGE = 'localhost:4566/team/web:v1'
const [FIRST, SECOND] = [`sha256:${'1'.repeat(64)}`, `sha256:${'2'.repeat(64)}`]

const push = (w: World, digest: string): Promise<unknown> =>
  w.store.transact((tx) => {
    const { repositoryId } = tx.repositories.put(aRepository())
    tx.imageTags.put({ repositoryId, tag: 'v1', digest, taggedAt: 0 })
  })

const aServiceOfOne = async (): Promise<World> => {
  const w = await world()
  await push(w, FIRST)
  await w.call('RegisterTaskDefinition', {
    family: 'web',
    containerDefinitions: [{ name: 'app', image: IMAGE, memory: 64 }],
  })
  await w.call('CreateService', { serviceName: 'web', taskDefinition: 'web', desiredCount: 1, launchType: 'EC2' })
  await w.advance(MINUTE_MS)
  return w
}

/** Digests that agents run by now. */
const running = async (w: World): Promise<(string | undefined)[]> =>
  (await w.tasks())
    .filter(({ lastStatus }) => lastStatus === 'RUNNING')
    .map(({ containers }) => containers?.[0]?.imageDigest)

const scaleTo = async (w: World, desiredCount: number, forceNewDeployment = false): Promise<void> => {
  await w.call('UpdateService', { service: 'web', desiredCount, forceNewDeployment })
  await w.advance(3 * MINUTE_MS)
}

describe('the images of a service', () => {
  it('stay what they were when its deployment began, also for a control plane that was killed', async () => {
    const w = await aServiceOfOne()
    await push(w, SECOND)
    w.killControlPlane()
    await w.startControlPlane()
    await w.advance(MINUTE_MS)
    await scaleTo(w, 3)
    expect(await running(w)).toEqual([FIRST, FIRST, FIRST])
  })

  it('are looked at again by a new deployment, and are the old ones again when it is rolled back', async () => {
    const w = await aServiceOfOne()
    await push(w, SECOND)
    await scaleTo(w, 1, true)
    expect(await running(w)).toEqual([SECOND])
    const { service } = await w.call('UpdateService', { service: 'web', forceNewDeployment: true })
    await push(w, FIRST)
    await w.call('StopServiceDeployment', { serviceDeploymentArn: service?.currentServiceDeployment ?? '' })
    await w.advance(3 * MINUTE_MS)
    expect(await running(w)).toEqual([SECOND])
  })
})
