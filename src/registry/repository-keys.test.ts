import { randomBytes } from 'node:crypto'
import { readdirSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { pushBlob, pushImage, type RegistryServer, sha256, startRegistry } from '../../test/registry-server.ts'
import { imageCollection } from '../controllers/image-collection/image-collection.ts'
import { ManualClock } from '../kit/clock.ts'
import { silentLog } from '../kit/log.ts'
import type { KmsKeyState } from '../model/kms-records.ts'
import { DAY_MS } from '../model/limits.ts'
import { blobName } from '../store/blobs/blob-name.ts'
import { removeRepository } from '../store/images/remove-image.ts'

describe('repositories with keys of their own', () => {
  let registry: RegistryServer

  beforeEach(async () => {
    registry = await startRegistry()
  })

  afterEach(() => registry.stop())

  const status = async (method: string, place: string): Promise<number> => (await registry.send(method, place)).status

  const files = (): string[] =>
    readdirSync(path.join(registry.directory, 'blobs'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(path.join(registry.directory, 'blobs'), path.join(entry.parentPath, entry.name)))

  const setState = (keyId: string, state: KmsKeyState): Promise<unknown> =>
    registry.store.transact((tx) => tx.kmsKeys.update(keyId, { state }))

  const collect = async (): Promise<void> => {
    const { store, blobs } = registry
    const clock = new ManualClock(Date.now() + 2 * DAY_MS)
    await imageCollection({ store, blobs, clock, log: silentLog }).reconcile('all')
  }

  const removed = async (name: string): Promise<void> =>
    registry.store.transact((tx) => {
      const repository = [...tx.repositories.rows()].find((each) => each.name === name)
      if (repository) removeRepository(tx, repository)
    })

  it.each(['KMS', 'KMS_DSSE'] as const)('keep their blobs apart, and once for each key: %s', async (type) => {
    const layer = randomBytes(300_000)
    await registry.addRepository('plain')
    const keyId = await registry.addEncryptedRepository('one', type)
    await registry.addEncryptedRepository('same', type, keyId)
    const other = await registry.addEncryptedRepository('other', type)
    for (const name of ['plain', 'one', 'same', 'other']) await pushBlob(registry, name, layer)
    const suffix = type === 'KMS' ? '' : '-dual'
    expect(
      files()
        .map((file) => path.dirname(path.dirname(file)))
        .toSorted(),
    ).toEqual(['sha256', `keys/${keyId}${suffix}/sha256`, `keys/${other}${suffix}/sha256`].toSorted())
    for (const name of ['plain', 'one', 'same', 'other']) {
      const answer = await registry.send('GET', `${name}/blobs/${sha256(layer)}`, undefined, { Range: 'bytes=70000-' })
      expect(Buffer.from(await answer.arrayBuffer()).equals(layer.subarray(70_000))).toBe(true)
    }
  })

  it('mount layers of repositories with the same key alone', async () => {
    await registry.addRepository('plain')
    const keyId = await registry.addEncryptedRepository('one')
    await registry.addEncryptedRepository('same', 'KMS', keyId)
    await registry.addEncryptedRepository('dual', 'KMS_DSSE', keyId)
    await registry.addEncryptedRepository('other')
    const digest = await pushBlob(registry, 'one', randomBytes(1000))
    const mounted = (name: string): Promise<number> => status('POST', `${name}/blobs/uploads/?mount=${digest}&from=one`)
    expect(await mounted('same')).toBe(201)
    for (const name of ['plain', 'dual', 'other']) expect(await mounted(name)).toBe(202)
    expect(await status('GET', `same/blobs/${digest}`)).toBe(200)
    for (const name of ['plain', 'dual', 'other']) expect(await status('GET', `${name}/blobs/${digest}`)).toBe(404)
  })

  it.each([
    ['is disabled', (keyId: string) => setState(keyId, 'Disabled'), 'DisabledException'],
    ['is to be deleted', (keyId: string) => setState(keyId, 'PendingDeletion'), 'KMSInvalidStateException'],
    ['is gone', (keyId: string) => registry.store.transact((tx) => tx.kmsKeys.remove(keyId)), 'NotFoundException'],
    [
      'may not be used any more',
      (keyId: string) =>
        registry.store.transact((tx) => {
          for (const { grantId } of tx.kmsGrants.find('byKey', keyId)) tx.kmsGrants.remove(grantId)
        }),
      'AccessDeniedException',
    ],
  ] as const)('refuse pulls and pushes while their key %s', async (_what, hinder, code) => {
    const keyId = await registry.addEncryptedRepository('one')
    await registry.addEncryptedRepository('other')
    const image = await pushImage(registry, 'one', 'v1')
    const elsewhere = await pushImage(registry, 'other', 'v1')
    const layer = await pushBlob(registry, 'one', Buffer.from('layer'))
    const begun = (await registry.send('POST', 'one/blobs/uploads/')).headers.get('Location')?.slice('/v2/'.length)
    await hinder(keyId)
    const refused = await registry.send('GET', `one/manifests/${image}`)
    expect([refused.status, await refused.text()]).toEqual([403, expect.stringContaining(code)])
    for (const [method, place] of [
      ['HEAD', 'one/manifests/v1'],
      ['GET', `one/blobs/${layer}`],
      ['HEAD', `one/blobs/${layer}`],
      ['POST', 'one/blobs/uploads/'],
      ['PATCH', begun ?? ''],
      ['PUT', `${begun}?digest=${layer}`],
    ] as const)
      expect([place, await status(method, place)]).toEqual([place, 403])
    expect(await status('GET', `other/manifests/${elsewhere}`)).toBe(200)
    expect(await status('GET', 'one/tags/list')).toBe(200)
  })

  it('have everything back with their key', async () => {
    const keyId = await registry.addEncryptedRepository('one')
    const image = await pushImage(registry, 'one', 'v1')
    await setState(keyId, 'Disabled')
    expect(await status('GET', `one/manifests/${image}`)).toBe(403)
    await collect()
    await setState(keyId, 'Enabled')
    const { references = [] } = [...registry.store.tables.images.rows()][0] ?? {}
    expect(await status('GET', `one/manifests/${image}`)).toBe(200)
    for (const digest of references) expect(await status('GET', `one/blobs/${digest}`)).toBe(200)
  })

  it('take their grants with them', async () => {
    await registry.addEncryptedRepository('one')
    expect([...registry.store.tables.kmsGrants.rows()]).toMatchObject([
      { granteePrincipal: 'ecr.us-east-1.amazonaws.com', constraint: { kind: 'subset' } },
    ])
    await removed('one')
    expect(registry.store.tables.kmsGrants.size).toBe(0)
  })

  it('lose a blob to the collection when no repository of their key has it, whatever others have', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 3 })), { maxLength: 12 }),
        fc.uniqueArray(fc.integer({ min: 0, max: 4 })),
        async (pushes, gone) => {
          await registry.stop()
          registry = await startRegistry()
          const [one, other] = [
            await registry.addEncryptedRepository('r0'),
            await registry.addEncryptedRepository('r1'),
          ]
          await registry.addEncryptedRepository('r2', 'KMS', one)
          await registry.addEncryptedRepository('r3', 'KMS_DSSE', one)
          await registry.addRepository('r4')
          const spaces = [one, other, one, `${one}-dual`, undefined]
          const layers = [0, 1, 2, 3].map((each) => Buffer.from(`layer ${each}`))
          for (const [repository, layer] of pushes)
            await pushImage(registry, `r${repository}`, `v${layer}`, { layers: [layers[layer] ?? layers[0]!] })
          for (const repository of gone) await removed(`r${repository}`)
          await collect()
          const kept = pushes.filter(([repository]) => !gone.includes(repository))
          const wanted = new Set(
            kept.map(([repository, layer]) => blobName(spaces[repository], sha256(layers[layer]!))),
          )
          for (const space of new Set(spaces))
            for (const layer of layers) {
              const name = blobName(space, sha256(layer))
              expect([name, await registry.blobs.in(space).has(sha256(layer))]).toEqual([name, wanted.has(name)])
            }
          for (const [repository, layer] of kept)
            expect(await status('GET', `r${repository}/blobs/${sha256(layers[layer]!)}`)).toBe(200)
        },
      ),
      { numRuns: 15 },
    )
  })
})
