/**
 * Addresses from which whoever has them can download one layer for an hour. No repository has such a path, as names do not begin like this.
 */
import type { Sealer } from '../kit/sealing.ts'
import { openSealedPath, sealedPath, type SealedPathKind } from './sealed-path.ts'

export const LAYER_PATH = '/v2/_layers/'
const LAYERS: SealedPathKind = { prefix: LAYER_PATH, purpose: 'layer-url' }

export interface LayerAddress {
  readonly repositoryArn: string
  /** Not of a repository that gets its name later. */
  readonly repositoryId: string
  readonly digest: string
}

export const layerPath = (sealer: Sealer, address: LayerAddress, now: number): string =>
  sealedPath(sealer, LAYERS, address, now)

/** Undefined for what was not made here, or has expired. */
export const openLayerPath = (sealer: Sealer, path: string, now: number): LayerAddress | undefined =>
  openSealedPath(sealer, LAYERS, path, now)
