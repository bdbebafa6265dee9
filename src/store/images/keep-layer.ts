/** Layers that no image refers to stay for a while, because an image that does may be on its way. */
import { type ImageLayerRecord, inRepository } from '../../model/image-records.ts'
import { DAY_MS } from '../../model/limits.ts'
import type { Store } from '../store.ts'
import type { Transaction } from '../tables.ts'

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
  const layer = store.tables.imageLayers.get(key)
  if (layer === undefined || !isDue(layer, now, graceMs)) return
  await store.transact((tx) => {
    const current = tx.imageLayers.get(key)
    if (current !== undefined) noteNeed(tx, current, now, graceMs)
  })
}

export const noteNeed = (tx: Transaction, layer: ImageLayerRecord, now: number, graceMs = LAYER_GRACE_MS): void => {
  if (isDue(layer, now, graceMs))
    tx.imageLayers.update(inRepository(layer.repositoryId, layer.digest), { neededAt: now })
}

const isDue = ({ neededAt }: ImageLayerRecord, now: number, graceMs: number): boolean => now - neededAt >= graceMs / 2
