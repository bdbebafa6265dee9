/** Keeps what a scan has found among the blobs of the repository. */
import { createHash } from 'node:crypto'
import type { Clock } from '../../kit/clock.ts'
import type { Ids } from '../../kit/ids.ts'
import type { RepositoryRecord } from '../../model/image-records.ts'
import type { BlobStore } from '../../store/blobs/blob-store.ts'
import { blobsOf } from '../../store/images/repository-key.ts'
import type { Store } from '../../store/store.ts'

export interface Keeping {
  readonly store: Store
  readonly blobs: BlobStore
  readonly ids: Ids
  readonly clock: Clock
}

/** Its digest. Like every layer, it goes after a while if nothing comes to refer to it. */
export const keepBlob = async (
  { store, blobs, ids, clock }: Keeping,
  repository: RepositoryRecord,
  content: Buffer,
): Promise<string> => {
  const digest = sha256(content)
  const { repositoryId } = repository
  await blobsOf({ store, blobs }, repository).put(ids.uuid(), digest, content, () =>
    store.transact((tx) => {
      // The repository may be gone meanwhile.
      if (tx.repositories.findSize('byId', repositoryId) === 0) return
      tx.imageLayers.put({ repositoryId, digest, bytes: content.length, neededAt: clock.now() })
    }),
  )
  return digest
}

export const sha256 = (content: Buffer): string => `sha256:${createHash('sha256').update(content).digest('hex')}`
