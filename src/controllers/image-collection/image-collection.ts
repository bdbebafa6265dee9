/**
 * What nobody needs of the container registry makes room: uploads that were given up, layers that no image of their repository refers to, and
 * blobs that no repository has. Pushes go on meanwhile, and nothing that one of them relies on is touched.
 */
import type { Clock } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'
import { inRepository } from '../../model/image-records.ts'
import { DAY_MS } from '../../model/limits.ts'
import type { BlobStore } from '../../store/blobs/blob-store.ts'
import type { BlobPlace } from '../../store/blobs/blob-name.ts'
import { LAYER_GRACE_MS } from '../../store/images/keep-layer.ts'
import { spaceOf } from '../../store/images/repository-key.ts'
import type { Store } from '../../store/store.ts'
import type { Controller } from '../controller.ts'

/** How long what nobody refers to stays. */
export interface CollectionGrace {
  /** Uploads that nobody goes on with. */
  readonly uploadMs: number
  /** Layers that no image of their repository refers to, since a push last needed them. */
  readonly layerMs: number
  /** Blobs that no repository has. */
  readonly blobMs: number
}

export interface ImageCollectionOptions {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly blobs: BlobStore
  readonly grace?: CollectionGrace
}

const EVERY_MS = 3_600_000
/** Blobs need none, because what begins to refer to them is waited for; it spares work where layers come and go. */
const GRACE: CollectionGrace = { uploadMs: DAY_MS, layerMs: LAYER_GRACE_MS, blobMs: 3_600_000 }
const KEY = 'all'

export const imageCollection = ({ store, clock, log, blobs, grace = GRACE }: ImageCollectionOptions): Controller => {
  const { tables } = store

  const endUploads = async (): Promise<void> => {
    const before = clock.now() - grace.uploadMs
    for (const uploadId of await blobs.uploads.idleSince(before)) {
      await blobs.uploads.remove(uploadId)
      await store.transact((tx) => tx.layerUploads.remove(uploadId))
    }
    // A crash between the end of an upload and the note of it leaves the note of an upload that is not there.
    const old = [...tables.layerUploads.rows()].filter(({ startedAt }) => startedAt < before)
    for (const { uploadId } of old)
      if (!(await blobs.uploads.has(uploadId))) await store.transact((tx) => tx.layerUploads.remove(uploadId))
  }

  const forgetLayers = async (): Promise<void> => {
    for (const { repositoryId } of tables.repositories.rows())
      await store.transact((tx) => {
        const before = clock.now() - grace.layerMs
        const old = tx.imageLayers.find('byRepository', repositoryId).filter(({ neededAt }) => neededAt < before)
        if (old.length === 0) return
        const referred = new Set(tx.images.find('byRepository', repositoryId).flatMap(({ references }) => references))
        for (const { findingsDigest } of tx.imageScans.find('byRepository', repositoryId))
          if (findingsDigest !== undefined) referred.add(findingsDigest)
        for (const { digest } of old)
          if (!referred.has(digest)) tx.imageLayers.remove(inRepository(repositoryId, digest))
      })
  }

  /** Of repositories whose blobs lie in that space. */
  const hasReferrers = ({ space, digest }: BlobPlace): boolean => {
    const isOfSpace = ({ repositoryId }: { readonly repositoryId: string }): boolean => {
      const [repository] = tables.repositories.find('byId', repositoryId)
      return (repository && spaceOf(repository)) === space
    }
    for (const layer of tables.imageLayers.iterate('byDigest', digest)) if (isOfSpace(layer)) return true
    for (const image of tables.images.iterate('byDigest', digest)) if (isOfSpace(image)) return true
    return false
  }

  /** A removal that is not durable yet may not have been: the next start would have the image again. */
  const isReferred = async (blob: BlobPlace): Promise<boolean> => {
    if (hasReferrers(blob)) return true
    await store.durable()
    return hasReferrers(blob)
  }

  return {
    name: 'image-collection',
    everyMs: EVERY_MS,
    watch: () => () => {},
    keys: () => [KEY],
    reconcile: async () => {
      await endUploads()
      await forgetLayers()
      const collected = await blobs.collect(clock.now() - grace.blobMs, isReferred)
      if (collected.blobs > 0) log.info('blobs that no repository has are removed', { ...collected })
    },
  }
}
