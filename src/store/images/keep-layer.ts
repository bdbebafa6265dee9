/** Layers that no image refers to stay for a while, because an image that does may be on its way. */
import { inRepository } from '../../model/image-records.ts'
import { DAY_MS } from '../../model/limits.ts'
import type { Store } from '../store.ts'

/** How long a push may rely on a layer that it brought or asked for. */
export const LAYER_GRACE_MS = DAY_MS

/** Notes that a push needs the layer, if there is one. What was needed recently, compared to the grace, need not be noted again. */
export const keepLayer = async (
  store: Store,
  repositoryId: string,
  digest: string,
  now: number,
  graceMs = LAYER_GRACE_MS,
): Promise<void> => {
  const key = inRepository(repositoryId, digest)
  const isDue = (): boolean => {
    const layer = store.tables.imageLayers.get(key)
    return layer !== undefined && now - layer.neededAt >= graceMs / 2
  }
  if (isDue()) await store.transact((tx) => void (isDue() && tx.imageLayers.update(key, { neededAt: now })))
}
