/**
 * Passwords of the container registry: whoever has one is, for twelve hours, who asked for it. What that one may do is looked up at each use.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html
 */
import { type Sealed, type Sealer, Unsealable } from '../kit/sealing.ts'
import type { Principal } from './principal.ts'

/** The user name that goes with them. */
export const REGISTRY_USER = 'AWS'
const LIFE_MS = 12 * 3_600_000
const PURPOSE = 'registry-token'

interface Content {
  readonly principal: Principal
  readonly region: string
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
}

export interface RegistryToken {
  readonly token: string
  readonly expiresAt: number
}

/** Of temporary credentials, it lives no longer than they do. */
export const issueRegistryToken = (
  sealer: Sealer,
  principal: Principal,
  region: string,
  now: number,
): RegistryToken => {
  const expiresAt = Math.min(now + LIFE_MS, principal.session?.expiresAt ?? Number.POSITIVE_INFINITY)
  const content: Content = { principal, region, expiresAt }
  const token = sealer.seal(Buffer.from(JSON.stringify(content)), PURPOSE) as unknown as string
  return { token, expiresAt }
}

/** Who asked for it; undefined if it was not issued here, or has expired. */
export const openRegistryToken = (sealer: Sealer, token: string, now: number): Content | undefined => {
  const content = opened(sealer, token)
  return content === undefined || content.expiresAt <= now ? undefined : content
}

const opened = (sealer: Sealer, token: string): Content | undefined => {
  try {
    return JSON.parse(sealer.open(token as unknown as Sealed, PURPOSE).toString()) as Content
  } catch (error) {
    if (error instanceof Unsealable) return undefined
    throw error
  }
}
