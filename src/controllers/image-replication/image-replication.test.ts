import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  descriptor,
  pushImage,
  type RegistryServer,
  type RegistryServerOptions,
  startRegistry,
} from '../../../test/registry-server.ts'
import { verifyingServer } from '../../../test/verifying-server.ts'
import { type Clock, ManualClock, SystemClock } from '../../kit/clock.ts'
import { silentLog } from '../../kit/log.ts'
import { OCI_INDEX, OCI_MANIFEST } from '../../model/image-manifest.ts'
import { DAY_MS } from '../../model/limits.ts'
import type { ReplicationEndpoint } from '../../model/registry-rules.ts'
import { setRegistrySettings } from '../../store/images/registry-settings.ts'
import { ImageReplication } from './image-replication.ts'

const HERE = { account: '000000000000', region: 'us-east-1' }
const THERE = { account: '000000000000', region: 'eu-west-1' }

let near: RegistryServer
let far: RegistryServer
let clock: ManualClock
let demanded: string[]
let isFailing: boolean
const controllers: (() => void)[] = []

beforeEach(async () => {
  demanded = []
  isFailing = false
  clock = new ManualClock(DAY_MS)
  near = await startRegistry()
  const demand: RegistryServerOptions['demand'] = (actions) => {
    if (isFailing) throw new Error('out of order')
    demanded.push(...actions)
  }
  far = await startRegistry({ demand })
  await near.addRepository('team/web')
  await near.addRepository('other/web')
  await near.store.transact((tx) =>
    setRegistrySettings(tx, HERE, { replicationRules: [{ destinations: [THERE], prefixes: ['team/'] }] }),
  )
})

afterEach(async () => {
  for (const stop of controllers.splice(0)) stop()
  await near.stop()
  await far.stop()
})

const aController = (given: Partial<ReplicationEndpoint> = {}, at: Clock = clock): ImageReplication => {
  const controller = new ImageReplication({
    store: near.store,
    blobs: near.blobs,
    clock: at,
    log: silentLog,
    replicationEndpoints: [{ ...THERE, url: far.url, ...given }],
  })
  controllers.push(controller.watch(() => undefined))
  return controller
}

const dueNow = (): Promise<void> =>
  near.store.transact((tx) => {
    for (const row of tx.imageReplications.find('pending', 'pending')) tx.imageReplications.put({ ...row, dueAt: 0 })
  })

const run = async (controller: ImageReplication): Promise<void> => {
  await dueNow()
  for (const key of controller.keys()) await controller.reconcile(key)
}

const statuses = (): readonly string[] => [...near.store.tables.imageReplications.rows()].map(({ status }) => status)

describe('replication', () => {
  it('brings what is pushed to repositories of a rule to the destination, with its tag', async () => {
    const digest = await pushImage(near, 'team/web', 'v1')
    await pushImage(near, 'other/web', 'v1')
    expect(statuses()).toEqual(['IN_PROGRESS'])
    await run(aController())
    expect(statuses()).toEqual(['COMPLETE'])
    const answer = await far.send('GET', 'team/web/manifests/v1')
    expect(answer.headers.get('Docker-Content-Digest')).toBe(digest)
    expect(far.store.tables.repositories.size).toBe(1)
    expect(demanded).toEqual(expect.arrayContaining(['ecr:CreateRepository', 'ecr:ReplicateImage', 'ecr:PutImage']))
  })

  it('makes repositories there as the template for replication says', async () => {
    const template = { prefix: 'team', tags: [], appliedFor: ['REPLICATION' as const], createdAt: 0, updatedAt: 0 }
    const tagMutability = { mode: 'IMMUTABLE' as const, exclusions: [] }
    await far.store.transact((tx) => tx.creationTemplates.insert({ ...HERE, ...template, tagMutability }))
    await pushImage(near, 'team/web', 'v1')
    await run(aController())
    expect([...far.store.tables.repositories.rows()]).toMatchObject([{ name: 'team/web', tagMutability }])
  })

  it('brings an index with its images, and a tag that comes later', async () => {
    const child = await pushImage(near, 'team/web', 'v1')
    const manifest = await (await near.send('GET', `team/web/manifests/${child}`)).text()
    const index = JSON.stringify({
      schemaVersion: 2,
      mediaType: OCI_INDEX,
      manifests: [descriptor(OCI_MANIFEST, manifest)],
    })
    await near.send('PUT', 'team/web/manifests/all', index, { 'Content-Type': OCI_INDEX })
    await run(aController())
    await near.send('PUT', 'team/web/manifests/latest', index, { 'Content-Type': OCI_INDEX })
    expect(statuses().toSorted()).toEqual(['COMPLETE', 'IN_PROGRESS'])
    await run(aController())
    expect(await (await far.send('GET', 'team/web/manifests/latest')).text()).toBe(index)
    expect((await far.send('GET', `team/web/manifests/${child}`)).status).toBe(200)
  })

  it('is tried again after longer and longer, also by the next life of the process, and goes on where it was', async () => {
    await pushImage(near, 'team/web', 'v1', { layers: [randomBytes(1000), randomBytes(1000)] })
    await dueNow()
    isFailing = true
    const [first, second] = [aController(), aController()]
    const [key = ''] = [...first.keys()]
    expect(await first.reconcile(key)).toEqual({ againInMs: 5000 })
    expect(await first.reconcile(key)).toEqual({ againInMs: 5000 })
    await clock.advance(5000)
    expect(await second.reconcile(key)).toEqual({ againInMs: 10_000 })
    isFailing = false
    await clock.advance(10_000)
    await second.reconcile(key)
    expect(statuses()).toEqual(['COMPLETE'])
  })

  it('fails in the end, until the image is pushed again', async () => {
    await pushImage(near, 'team/web', 'v1')
    isFailing = true
    const controller = aController()
    const [key = ''] = [...controller.keys()]
    await dueNow()
    for (let waits = 0; statuses()[0] === 'IN_PROGRESS'; waits++) {
      const { againInMs = 0 } = (await controller.reconcile(key)) ?? {}
      await clock.advance(againInMs)
      expect(waits).toBeLessThan(50)
    }
    expect([...near.store.tables.imageReplications.rows()]).toMatchObject([
      { status: 'FAILED', failureCode: 'DestinationUnavailable' },
    ])
    expect(clock.now()).toBeGreaterThan(2 * DAY_MS)
    const manifest = await (await near.send('GET', 'team/web/manifests/v1')).text()
    await near.send('PUT', 'team/web/manifests/v1', manifest, { 'Content-Type': OCI_MANIFEST })
    expect(statuses()).toEqual(['IN_PROGRESS'])
  })

  it('does not go on from registry to registry', async () => {
    await far.store.transact((tx) =>
      setRegistrySettings(tx, HERE, { replicationRules: [{ destinations: [THERE], prefixes: [] }] }),
    )
    await pushImage(near, 'team/web', 'v1')
    await run(aController())
    expect(far.store.tables.imageReplications.size).toBe(0)
  })

  it('leaves a tag to the image that has it meanwhile', async () => {
    const former = await pushImage(near, 'team/web', 'latest')
    const digest = await pushImage(near, 'team/web', 'latest')
    const controller = aController()
    await dueNow()
    for (const key of Array.from(controller.keys()).toReversed()) await controller.reconcile(key)
    expect(statuses()).toEqual(['COMPLETE', 'COMPLETE'])
    const answer = await far.send('GET', 'team/web/manifests/latest')
    expect(answer.headers.get('Docker-Content-Digest')).toBe(digest)
    expect((await far.send('GET', `team/web/manifests/${former}`)).status).toBe(200)
  })

  it('is over with the image', async () => {
    const digest = await pushImage(near, 'team/web', 'v1')
    await near.send('DELETE', `team/web/manifests/${digest}`)
    expect(near.store.tables.imageReplications.size).toBe(0)
  })

  it('signs in with the access key of the destination', async () => {
    const server = await verifyingServer()
    const { accessKeyId, secretAccessKey } = server.root
    const destination = { url: server.endpoint }
    await pushImage(near, 'team/web', 'v1')
    // Signatures are made with the time of the machine.
    const now = new SystemClock()
    const wrong = aController({ ...destination, credentials: { accessKeyId, secretAccessKey: 'wrong' } }, now)
    await run(wrong)
    expect(statuses()).toEqual(['IN_PROGRESS'])
    await run(aController({ ...destination, credentials: { accessKeyId, secretAccessKey } }, now))
    expect(statuses()).toEqual(['COMPLETE'])
    expect(server.store.tables.images.size).toBe(1)
    await server.close()
  })
})
