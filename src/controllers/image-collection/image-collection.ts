/**
 * What nobody needs of the container registry makes room: uploads that were given up, layers that no image of their repository refers to, and
 * blobs that no repository has. Pushes go on meanwhile, and nothing that one of them relies on is touched.
 */
import type { Clock } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'
import { inRepository } from '../../model/image-records.ts'
import { DAY_MS } from '../../model/limits.ts'
import type { BlobStore } from '../../store/blobs/blob-store.ts'
import { LAYER_GRACE_MS } from '../../store/images/keep-layer.ts'
import type { Store } from '../../store/store.ts'
import type { Controller } from '../controller.ts'

export interface ImageCollectionOptions {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly blobs: BlobStore
}

const EVERY_MS = 3_600_000
/** Since something was last appended. */
const UPLOAD_LIFE_MS = DAY_MS
/** Between a blob's coming into its place and the row that refers to it. */
const BLOB_GRACE_MS = 3_600_000
const KEY = 'all'

export const imageCollection = ({ store, clock, log, blobs }: ImageCollectionOptions): Controller => {
  const { tables } = store

  const endUploads = async (): Promise<void> => {
    for (const uploadId of await blobs.uploads.idleSince(clock.now() - UPLOAD_LIFE_MS)) {
      await blobs.uploads.remove(uploadId)
      await store.transact((tx) => tx.layerUploads.remove(uploadId))
    }
  }

  const forgetLayers = async (): Promise<void> => {
    for (const { repositoryId } of tables.repositories.rows())
      await store.transact((tx) => {
        const before = clock.now() - LAYER_GRACE_MS
        const old = tx.imageLayers.find('byRepository', repositoryId).filter(({ neededAt }) => neededAt < before)
        if (old.length === 0) return
        const referred = new Set(tx.images.find('byRepository', repositoryId).flatMap(({ references }) => references))
        for (const { digest } of old)
          if (!referred.has(digest)) tx.imageLayers.remove(inRepository(repositoryId, digest))
      })
  }

  const isReferred = (digest: string): boolean =>
    tables.imageLayers.findSize('byDigest', digest) > 0 || tables.images.findSize('byDigest', digest) > 0

  return {
    name: 'image-collection',
    everyMs: EVERY_MS,
    watch: () => () => {},
    keys: () => [KEY],
    reconcile: async () => {
      await endUploads()
      await forgetLayers()
      const collected = await blobs.collect(clock.now() - BLOB_GRACE_MS, isReferred)
      if (collected.blobs > 0) log.info('blobs that no repository has are removed', { ...collected })
    },
  }
}
