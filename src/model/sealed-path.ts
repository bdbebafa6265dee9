/**
 * Paths that let whoever has them download one thing for an hour, as presigned URLs do. They are sealed, so that nobody else can make or
 * change one.
 */
import { type Sealed, type Sealer, Unsealable } from '../kit/sealing.ts'

/** AWS: an hour. */
const LIFE_MS = 3_600_000

export interface SealedPathKind {
  /** What paths of this kind begin with. */
  readonly prefix: string
  readonly purpose: string
}

interface Expiring {
  readonly expiresAt: number
}

export const sealedPath = (
  sealer: Sealer,
  { prefix, purpose }: SealedPathKind,
  address: object,
  now: number,
): string => {
  const content: Expiring = { ...address, expiresAt: now + LIFE_MS }
  return prefix + (sealer.seal(Buffer.from(JSON.stringify(content)), purpose) as unknown as string)
}

/** The address as it was sealed. Undefined for what was not made here, or has expired. */
export const openSealedPath = <Address extends object>(
  sealer: Sealer,
  { prefix, purpose }: SealedPathKind,
  path: string,
  now: number,
): Address | undefined => {
  if (!path.startsWith(prefix)) return undefined
  try {
    const sealed = path.slice(prefix.length) as unknown as Sealed
    const { expiresAt, ...address } = JSON.parse(sealer.open(sealed, purpose).toString()) as Address & Expiring
    return expiresAt <= now ? undefined : (address as unknown as Address)
  } catch (error) {
    if (error instanceof Unsealable) return undefined
    throw error
  }
}
