/** When an image was pulled last. AWS: `lastRecordedPullTime` is refreshed at most once in 24 hours. */
import { inRepository } from '../../model/image-records.ts'
import { DAY_MS } from '../../model/limits.ts'
import type { Store } from '../store.ts'

export const recordPull = async (store: Store, repositoryId: string, digest: string, now: number): Promise<void> => {
  const key = inRepository(repositoryId, digest)
  const isDue = (): boolean => {
    const image = store.tables.images.get(key)
    return image !== undefined && now - (image.lastPulledAt ?? Number.NEGATIVE_INFINITY) >= DAY_MS
  }
  if (isDue()) await store.transact((tx) => void (isDue() && tx.images.update(key, { lastPulledAt: now })))
}
