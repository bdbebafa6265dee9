/**
 * Addresses from which whoever has them can download one layer for an hour. They are sealed, so that nobody else can make or change one. No
 * repository has such a path, as names do not begin like this.
 */
import { type Sealed, type Sealer, Unsealable } from '../kit/sealing.ts'

export const LAYER_PATH = '/v2/_layers/'
/** AWS: an hour. */
const LIFE_MS = 3_600_000
const PURPOSE = 'layer-url'

export interface LayerAddress {
  readonly repositoryArn: string
  /** Not of a repository that gets its name later. */
  readonly repositoryId: string
  readonly digest: string
}

interface Content extends LayerAddress {
  readonly expiresAt: number
}

export const layerPath = (sealer: Sealer, address: LayerAddress, now: number): string => {
  const content: Content = { ...address, expiresAt: now + LIFE_MS }
  return LAYER_PATH + (sealer.seal(Buffer.from(JSON.stringify(content)), PURPOSE) as unknown as string)
}

/** Undefined for what was not made here, or has expired. */
export const openLayerPath = (sealer: Sealer, path: string, now: number): LayerAddress | undefined => {
  if (!path.startsWith(LAYER_PATH)) return undefined
  try {
    const sealed = path.slice(LAYER_PATH.length) as unknown as Sealed
    const { expiresAt, ...address } = JSON.parse(sealer.open(sealed, PURPOSE).toString()) as Content
    return expiresAt <= now ? undefined : address
  } catch (error) {
    if (error instanceof Unsealable) return undefined
    throw error
  }
}
