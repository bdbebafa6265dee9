/**
 * Temporary credentials that carry their own proof: the session token is the session itself, its secret key included, sealed with a key
 * that rotates. Whoever has the keys can verify it without a table. Whether the session may still be used is decided elsewhere.
 */
import type { Ids } from '../kit/ids.ts'
import { openBytes, sealBytes, type SealingKey, Unsealable } from '../kit/sealing.ts'
import { newSecretAccessKey } from './access-key.ts'
import type { OpenedSession, SessionPrincipal, SessionTokens, TemporaryCredentials } from './principal.ts'

/** The keys that sealed tokens which may still be good; the newest seals. */
export interface SessionKeys {
  newest(): SealingKey
  get(id: string): SealingKey | undefined
}

/** What is sealed. */
interface Content {
  readonly secretAccessKey: string
  readonly principal: SessionPrincipal
}

const PREFIX = 'LS1'

export class SealedSessionTokens implements SessionTokens {
  readonly #keys: SessionKeys
  readonly #ids: Ids

  constructor(keys: SessionKeys, ids: Ids) {
    this.#keys = keys
    this.#ids = ids
  }

  issue(principal: SessionPrincipal): TemporaryCredentials {
    const accessKeyId = `ASIA${this.#ids.hex32().slice(0, 16).toUpperCase()}`
    const secretAccessKey = newSecretAccessKey(this.#ids)
    const { id, key } = this.#keys.newest()
    const content: Content = { secretAccessKey, principal }
    const sealed = sealBytes(key, Buffer.from(JSON.stringify(content)), purposeOf(accessKeyId))
    const sessionToken = `${PREFIX}.${id}.${sealed.toString('base64url')}`
    return { accessKeyId, secretAccessKey, sessionToken, expiresAt: principal.session.expiresAt }
  }

  open(accessKeyId: string, sessionToken: string): OpenedSession | undefined {
    const [prefix, keyId = '', sealed = '', ...rest] = sessionToken.split('.')
    const key = prefix === PREFIX && rest.length === 0 ? this.#keys.get(keyId) : undefined
    if (key === undefined) return undefined
    try {
      const text = openBytes(key.key, Buffer.from(sealed, 'base64url'), purposeOf(accessKeyId)).toString()
      const { secretAccessKey, principal } = JSON.parse(text) as Content
      return { secretAccessKey, principal: { ...principal, accessKeyId } }
    } catch (error) {
      if (error instanceof Unsealable) return undefined
      throw error
    }
  }
}

const purposeOf = (accessKeyId: string): string => `session/${accessKeyId}`

/** One key that never changes; for tests. */
export const fixedSessionKeys = (): SessionKeys => {
  const only = { id: 's1', key: Buffer.alloc(32, 7) }
  return { newest: () => only, get: (id) => (id === only.id ? only : undefined) }
}
