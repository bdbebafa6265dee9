import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { pushBlob, pushImage, type RegistryServer, sha256, startRegistry } from '../../../test/registry-server.ts'
import { ManualClock } from '../../kit/clock.ts'
import { silentLog } from '../../kit/log.ts'
import { DAY_MS } from '../../model/limits.ts'
import { type JournalEntry, MemoryJournal } from '../../store/journal/journal.ts'
import { Store } from '../../store/store.ts'
import { imageCollection } from './image-collection.ts'

describe('the collection of what the registry has', () => {
  let registry: RegistryServer

  beforeEach(async () => {
    registry = await startRegistry()
    await registry.addRepository('web')
  })

  afterEach(() => registry.stop())

  const collectAfter = async (ms: number): Promise<void> => {
    const { store, blobs } = registry
    const clock = new ManualClock(Date.now() + ms)
    await imageCollection({ store, blobs, clock, log: silentLog }).reconcile('all')
  }

  const status = async (place: string, method = 'HEAD'): Promise<number> => (await registry.send(method, place)).status

  it('leaves images, and removes layers that no image refers to after a day', async () => {
    const image = await pushImage(registry, 'web', 'v1')
    const layer = await pushBlob(registry, 'web', Buffer.from('layer'))
    await collectAfter(DAY_MS - 60_000)
    expect(await status(`web/blobs/${layer}`)).toBe(200)
    await collectAfter(DAY_MS + 60_000)
    expect(await status(`web/blobs/${layer}`)).toBe(404)
    expect(await registry.blobs.in().has(layer)).toBe(false)
    expect(await status(`web/manifests/${image}`)).toBe(200)
    const { references } = [...registry.store.tables.images.rows()][0] ?? {}
    for (const digest of references ?? []) expect(await status(`web/blobs/${digest}`, 'GET')).toBe(200)
  })

  it('leaves a layer that a push has asked for meanwhile', async () => {
    const layer = await pushBlob(registry, 'web', Buffer.from('layer'))
    const [{ repositoryId = '' } = {}] = registry.store.tables.repositories.rows()
    await registry.store.transact((tx) =>
      tx.imageLayers.update(`${repositoryId}/${layer}`, { neededAt: Date.now() - DAY_MS }),
    )
    expect(await status(`web/blobs/${layer}`)).toBe(200)
    await collectAfter(DAY_MS - 60_000)
    expect(await status(`web/blobs/${layer}`)).toBe(200)
  })

  it('removes what a deleted image had', async () => {
    const image = await pushImage(registry, 'web', 'v1')
    const { references = [] } = [...registry.store.tables.images.rows()][0] ?? {}
    await registry.send('DELETE', `web/manifests/${image}`)
    await collectAfter(2 * DAY_MS)
    for (const digest of [image, ...references]) expect(await registry.blobs.in().has(digest)).toBe(false)
  })

  it('ends uploads that nobody goes on with', async () => {
    const place =
      (await registry.send('POST', 'web/blobs/uploads/')).headers.get('Location')?.slice('/v2/'.length) ?? ''
    await collectAfter(DAY_MS - 60_000)
    expect(await status(place, 'GET')).toBe(204)
    await collectAfter(DAY_MS + 60_000)
    expect(await status(place, 'GET')).toBe(404)
    expect(registry.store.tables.layerUploads.size).toBe(0)
  })

  it('leaves the blob of an image whose removal a crash could still undo', async () => {
    const journal = new MemoryJournal()
    let written: Promise<void> = Promise.resolve()
    const append = (entries: readonly JournalEntry[]) => written.then(() => journal.append(entries))
    const open = (): Promise<Store> =>
      Store.open({ load: (visit) => journal.load(visit), append, close: () => {} }, (error) => {
        throw error
      })
    const store = await open()
    const digest = await registry.blobs.in().put(randomUUID(), sha256('m'), Buffer.from('m'), async () => sha256('m'))
    const layer = { repositoryId: 'r', digest, bytes: 1, neededAt: 0 }
    await store.transact((tx) => void tx.imageLayers.insert(layer))
    const { promise, resolve } = Promise.withResolvers<void>()
    written = promise
    const removal = store.transact((tx) => tx.imageLayers.remove(`r/${digest}`))
    const clock = new ManualClock(Date.now() + 2 * DAY_MS)
    const collecting = imageCollection({ store, blobs: registry.blobs, clock, log: silentLog }).reconcile('all')
    // Long enough for a collection that does not wait.
    for (let turn = 0; turn < 50; turn++) expect(await registry.blobs.in().has(digest)).toBe(true)
    resolve()
    await Promise.all([removal, collecting])
    expect(await registry.blobs.in().has(digest)).toBe(false)
    await store.close()
  })

  it('has nothing to do where nothing was ever pushed', async () => {
    await collectAfter(DAY_MS)
    expect(registry.store.tables.repositories.size).toBe(1)
  })
})
