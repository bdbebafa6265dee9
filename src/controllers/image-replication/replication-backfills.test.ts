import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { descriptor, pushImage, type RegistryServer, startRegistry } from '../../../test/registry-server.ts'
import { ManualClock } from '../../kit/clock.ts'
import { silentLog } from '../../kit/log.ts'
import { OCI_INDEX, OCI_MANIFEST } from '../../model/image-manifest.ts'
import { inRepository } from '../../model/image-records.ts'
import { DAY_MS } from '../../model/limits.ts'
import { BACKFILL_IMAGES_AT_ONCE, BACKFILL_KEPT_ROWS, BACKFILL_PORTION } from '../../model/registry-limits.ts'
import {
  type BackfilledImageRecord,
  type ReplicationBackfillRecord,
  resultsOf,
} from '../../model/replication-backfill.ts'
import { setRegistrySettings } from '../../store/images/registry-settings.ts'
import { removeImage, removeRepository } from '../../store/images/remove-image.ts'
import { stopBackfill } from '../../store/images/replication-backfill.ts'
import type { Controller } from '../controller.ts'
import { ImageReplication } from './image-replication.ts'
import { replicationBackfills } from './replication-backfills.ts'

const HERE = { account: '000000000000', region: 'us-east-1' }
const THERE = { account: '000000000000', region: 'eu-west-1' }

let near: RegistryServer
let far: RegistryServer
let clock: ManualClock
let isFailing: boolean
let endings: (() => void)[]

beforeEach(async () => {
  isFailing = false
  endings = []
  clock = new ManualClock(DAY_MS)
  near = await startRegistry()
  far = await startRegistry({
    demand: () => {
      if (isFailing) throw new Error('out of order')
    },
  })
  for (const name of ['other/web', 'team/api', 'team/web']) await near.addRepository(name)
})

afterEach(async () => {
  for (const end of endings) end()
  await near.stop()
  await far.stop()
})

const aBackfill = (given: Partial<ReplicationBackfillRecord> = {}): Promise<ReplicationBackfillRecord> =>
  near.store.transact((tx) => {
    setRegistrySettings(tx, HERE, { replicationRules: [{ destinations: [THERE], prefixes: ['team/'] }] })
    return tx.replicationBackfills.insert({
      ...HERE,
      backfillId: 'b1',
      destination: THERE,
      status: 'PREPARING',
      startedAt: clock.now(),
      images: 0,
      begun: 0,
      progress: { total: 0, completed: 0, failed: 0, failureCodes: [] },
      isPrepared: false,
      ...given,
    })
  })

const backfill = (id = 'b1'): ReplicationBackfillRecord | undefined => near.store.tables.replicationBackfills.get(id)
const images = (): readonly BackfilledImageRecord[] => near.store.tables.backfilledImages.find('byBackfill', 'b1')

/** As a new process has it each time. */
const replication = (): ImageReplication => {
  const controller = new ImageReplication({
    store: near.store,
    blobs: near.blobs,
    clock,
    log: silentLog,
    replicationEndpoints: [{ ...THERE, url: far.url }],
  })
  endings.push(controller.watch(() => undefined))
  return controller
}

const reconcileAll = async (controller: Controller): Promise<void> => {
  for (const key of Array.from(controller.keys())) while ((await controller.reconcile(key))?.againInMs === 0);
}

const advance = (): Promise<void> => reconcileAll(replicationBackfills({ store: near.store, clock }))

const copy = async (): Promise<void> => {
  const controller = replication()
  for (const key of Array.from(controller.keys())) await controller.reconcile(key)
}

const finish = async (): Promise<void> => {
  for (let rounds = 0; backfill()?.endedAt === undefined; rounds++) {
    expect(rounds).toBeLessThan(100)
    await advance()
    await copy()
    await clock.advance(300_000)
  }
}

const statusOf = async (name: string, reference: string): Promise<number> =>
  (await far.send('GET', `${name}/manifests/${reference}`)).status

describe('a backfill', () => {
  it('brings the images of the rule that were there before, with their tags, and no others', async () => {
    const digest = await pushImage(near, 'team/web', 'v1')
    const manifest = await (await near.send('GET', 'team/web/manifests/v1')).text()
    await near.send('PUT', 'team/web/manifests/v2', manifest, { 'Content-Type': OCI_MANIFEST })
    const untagged = await pushImage(near, 'team/api', 'old')
    await near.send('DELETE', 'team/api/manifests/old')
    await pushImage(near, 'other/web', 'v1')
    await aBackfill()
    await finish()
    expect(backfill()).toMatchObject({
      status: 'COMPLETE',
      progress: { total: 3, completed: 3, failed: 0, failureCodes: [] },
    })
    expect(await Promise.all(['v1', 'v2', digest].map((each) => statusOf('team/web', each)))).toEqual([200, 200, 200])
    expect(await statusOf('team/api', untagged)).toBe(200)
    expect(await statusOf('other/web', 'v1')).toBe(404)
    expect(images().flatMap(resultsOf)).toHaveLength(3)
  })

  it('is complete at once without images', async () => {
    await aBackfill()
    await advance()
    expect(backfill()).toMatchObject({ status: 'COMPLETE', progress: { total: 0 }, endedAt: clock.now() })
  })

  it('leaves out what is archived and what stands for another registry', async () => {
    const digest = await pushImage(near, 'team/web', 'v1')
    await pushImage(near, 'team/api', 'v1')
    await near.store.transact((tx) => {
      const [web] = tx.repositories.find('inRegion', 'us-east-1/000000000000').filter(({ name }) => name === 'team/web')
      tx.images.update(inRepository(web?.repositoryId ?? '', digest), { isArchived: true })
    })
    await aBackfill()
    await advance()
    expect(images().map(({ repositoryName }) => repositoryName)).toEqual(['team/api'])
    const rule = { prefix: 'team', upstreamUrl: 'registry.example.com', upstreamPrefix: 'ROOT' }
    await near.store.transact((tx) => tx.pullThroughRules.insert({ ...HERE, ...rule, createdAt: 0, updatedAt: 0 }))
    await aBackfill({ backfillId: 'b2' })
    await advance()
    expect(backfill('b2')).toMatchObject({ status: 'COMPLETE', images: 0 })
  })

  it('goes on where it was in the next life of the process, some images at a time', async () => {
    for (let index = 0; index < BACKFILL_IMAGES_AT_ONCE + 2; index++) await pushImage(near, 'team/web', `v${index}`)
    await aBackfill()
    await advance()
    await advance()
    const pending = () => near.store.tables.imageReplications.findSize('pending', 'pending')
    expect(pending()).toBe(BACKFILL_IMAGES_AT_ONCE)
    await copy()
    await advance()
    expect(pending()).toBe(2)
    expect(backfill()).toMatchObject({ status: 'IN_PROGRESS', progress: { completed: BACKFILL_IMAGES_AT_ONCE } })
    await copy()
    await advance()
    expect(backfill()).toMatchObject({ status: 'COMPLETE', progress: { completed: BACKFILL_IMAGES_AT_ONCE + 2 } })
  })

  it('tells of what is gone when its turn comes', async () => {
    for (const tag of ['v1', 'v2']) await pushImage(near, 'team/web', tag)
    await pushImage(near, 'team/api', 'v1')
    await aBackfill()
    const controller = replicationBackfills({ store: near.store, clock })
    await controller.reconcile('b1')
    expect(backfill()).toMatchObject({ status: 'IN_PROGRESS', images: 3, begun: 0 })
    await near.store.transact((tx) => {
      const named = (name: string) => [...tx.repositories.rows()].find((repository) => repository.name === name)
      const api = named('team/api')
      if (api) removeRepository(tx, api)
      tx.imageTags.remove(inRepository(named('team/web')?.repositoryId ?? '', 'v1'))
    })
    await finish()
    const failed = { failed: 2, failureCodes: ['ImageNotFound'] }
    expect(backfill()).toMatchObject({ status: 'COMPLETE', progress: { total: 3, completed: 1, ...failed } })
    expect(images().flatMap(resultsOf)).toEqual(
      expect.arrayContaining([
        { tag: 'v1', status: 'FAILED', failureCode: 'ImageNotFound' },
        { tag: 'v2', status: 'COMPLETE' },
      ]),
    )
  })

  it('does not wait for an image that is removed on its way', async () => {
    await pushImage(near, 'team/web', 'v1')
    await aBackfill()
    await advance()
    await near.store.transact((tx) => {
      for (const image of Array.from(tx.images.rows())) removeImage(tx, image)
    })
    await advance()
    expect(backfill()).toMatchObject({ status: 'COMPLETE', progress: { failed: 1 } })
  })

  it('tells of an index why it failed', async () => {
    const child = await pushImage(near, 'team/web', 'v1')
    const manifest = await (await near.send('GET', `team/web/manifests/${child}`)).text()
    const manifests = [descriptor(OCI_MANIFEST, manifest)]
    const index = JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests })
    await near.send('PUT', 'team/web/manifests/all', index, { 'Content-Type': OCI_INDEX })
    isFailing = true
    await aBackfill()
    await finish()
    const failure = { status: 'FAILED', failureCode: 'DestinationUnavailable' }
    expect(images().toSorted((one, other) => Number(one.isIndex) - Number(other.isIndex))).toMatchObject([
      { ...failure, isIndex: false },
      { ...failure, isIndex: true, subImageFailureCode: 'DestinationUnavailable' },
    ])
    expect([...near.store.tables.imageReplications.rows()]).toMatchObject([failure, failure])
    expect(clock.now()).toBeLessThan(DAY_MS + 3_600_000)
  })

  it('lets what was pushed be tried for as long as ever', async () => {
    await aBackfill({ status: 'COMPLETE', endedAt: 0 })
    await pushImage(near, 'team/web', 'v1')
    isFailing = true
    await aBackfill({ backfillId: 'b2' })
    for (let rounds = 0; backfill('b2')?.endedAt === undefined && rounds < 20; rounds++) {
      await advance()
      await copy()
      await clock.advance(300_000)
    }
    expect(backfill('b2')).toMatchObject({ progress: { failed: 1 } })
    expect([...near.store.tables.imageReplications.rows()]).toMatchObject([{ status: 'IN_PROGRESS' }])
  })

  it('fails when of a hundred images half have failed, and leaves the others', async () => {
    await aBackfill({ status: 'IN_PROGRESS', isPrepared: true, images: 300 })
    await near.store.transact((tx) => {
      for (let position = 0; position < 300; position++)
        tx.backfilledImages.insert({
          backfillId: 'b1',
          position,
          repositoryId: 'gone',
          repositoryName: 'team/web',
          digest: `sha256:${position}`,
          tags: [],
          isIndex: false,
          status: 'WAITING',
        })
    })
    await near.store.transact((tx) => {
      const progress = { total: 400, completed: 50, failed: 49, failureCodes: [] }
      tx.replicationBackfills.update('b1', { progress })
    })
    await advance()
    expect(backfill()).toMatchObject({ status: 'FAILED', failureCode: 'FailureThresholdExceeded' })
  })

  it('is made a list for in portions', async () => {
    await aBackfill()
    await near.store.transact((tx) => {
      const [web] = [...tx.repositories.rows()].filter(({ name }) => name === 'team/web')
      const image = { mediaType: OCI_MANIFEST, manifestBytes: 1, contentBytes: 1, pushedAt: 0, references: [] }
      for (let count = 0; count < BACKFILL_PORTION + 1; count++)
        tx.images.insert({
          ...image,
          repositoryId: web?.repositoryId ?? '',
          digest: `sha256:${count}`,
          annotations: {},
        })
    })
    const controller = replicationBackfills({ store: near.store, clock })
    expect(await controller.reconcile('b1')).toEqual({ againInMs: 0 })
    expect(backfill()).toMatchObject({ status: 'PREPARING', images: BACKFILL_PORTION, isPrepared: false })
    await controller.reconcile('b1')
    expect(backfill()).toMatchObject({ status: 'IN_PROGRESS', images: BACKFILL_PORTION + 1 })
    expect(new Set(images().map(({ digest }) => digest)).size).toBe(BACKFILL_PORTION + 1)
  })
})

describe('a backfill that is stopped', () => {
  const stop = () =>
    near.store.transact((tx) => {
      const found = tx.replicationBackfills.get('b1')
      return found && stopBackfill(tx, found, clock.now())
    })

  it('ends at once while the list is made', async () => {
    await aBackfill()
    expect(await stop()).toMatchObject({ status: 'STOPPED', isPrepared: false, endedAt: clock.now() })
    await advance()
    expect(images()).toEqual([])
  })

  it('ends with what is on its way, which comes', async () => {
    for (let index = 0; index < BACKFILL_IMAGES_AT_ONCE + 2; index++) await pushImage(near, 'team/web', `v${index}`)
    await aBackfill()
    await advance()
    expect(await stop()).toMatchObject({ status: 'STOPPING' })
    await advance()
    expect(backfill()).toMatchObject({ status: 'STOPPING' })
    await finish()
    expect(backfill()).toMatchObject({ status: 'STOPPED', progress: { completed: BACKFILL_IMAGES_AT_ONCE } })
    expect(images().flatMap(resultsOf)).toHaveLength(BACKFILL_IMAGES_AT_ONCE)
    expect(far.store.tables.imageTags.size).toBe(BACKFILL_IMAGES_AT_ONCE)
  })
})

describe('backfills that ended', () => {
  it('are kept for 90 days', async () => {
    await pushImage(near, 'team/web', 'v1')
    await aBackfill()
    await finish()
    await clock.advance(89 * DAY_MS)
    await advance()
    expect(images()).toHaveLength(1)
    await clock.advance(DAY_MS)
    await advance()
    expect([backfill(), images()]).toEqual([undefined, []])
  })

  it('are kept as many as there may be, the latest', async () => {
    const ended = { status: 'COMPLETE' as const, isPrepared: true, images: BACKFILL_KEPT_ROWS / 2 }
    await aBackfill({ ...ended, backfillId: 'oldest', endedAt: 1 })
    await aBackfill({ ...ended, backfillId: 'older', endedAt: 2, images: 1 })
    await aBackfill({ ...ended, backfillId: 'old', endedAt: 3 })
    await aBackfill()
    await advance()
    await advance()
    expect(['oldest', 'older', 'old', 'b1'].filter((id) => backfill(id) !== undefined)).toEqual(['older', 'old', 'b1'])
  })
})

it('is woken by its images and its own status, not by its counts', async () => {
  const woken: string[] = []
  endings.push(replicationBackfills({ store: near.store, clock }).watch((key) => woken.push(key)))
  await pushImage(near, 'team/web', 'v1')
  await aBackfill()
  expect(woken).toEqual(['b1'])
  await advance()
  const before = woken.length
  await copy()
  expect(woken.slice(before)).toEqual(['b1'])
  await near.store.transact((tx) => tx.replicationBackfills.update('b1', { begun: 7 }))
  expect(woken.slice(before)).toEqual(['b1'])
})
