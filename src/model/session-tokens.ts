/**
 * Temporary credentials that carry their own proof: the session token is the session itself, its secret key included, sealed with a key
 * that rotates. Whoever has the keys can verify it without a table. Whether the session may still be used is decided elsewhere.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { Ids } from '../kit/ids.ts'
import { openBytes, sealBytes, type SealingKey, Unsealable } from '../kit/sealing.ts'
import { newAccessKeyId, newSecretAccessKey } from './access-key.ts'
import { OPENED_SESSION_TOKENS } from './limits.ts'
import type { OpenedSession, SessionPrincipal, SessionTokens, TemporaryCredentials } from './principal.ts'

/** The keys that sealed tokens which may still be good; the newest seals. */
export interface SessionKeys {
  newest(): SealingKey
  get(id: string): SealingKey | undefined
}

/** What is sealed, as compressed JSON. */
interface Content {
  readonly secretAccessKey: string
  readonly principal: SessionPrincipal
}

const PREFIX = 'LS1'

export class SealedSessionTokens implements SessionTokens {
  readonly #keys: SessionKeys
  readonly #ids: Ids
  /** What tokens held that were opened, the longest known first. */
  readonly #opened = new Map<string, OpenedSession>()

  constructor(keys: SessionKeys, ids: Ids) {
    this.#keys = keys
    this.#ids = ids
  }

  issue(principal: SessionPrincipal, minimumTokenBytes = 0): TemporaryCredentials {
    const accessKeyId = newAccessKeyId('ASIA', principal.account, this.#ids)
    const secretAccessKey = newSecretAccessKey(this.#ids)
    const { id, key } = this.#keys.newest()
    const content: Content = { secretAccessKey, principal }
    const packed = deflateRawSync(JSON.stringify(content))
    const tokenOf = (plain: Uint8Array): string =>
      `${PREFIX}.${id}.${sealBytes(key, plain, purposeOf(accessKeyId)).toString('base64url')}`
    const token = tokenOf(packed)
    const missing = Math.ceil(((minimumTokenBytes - token.length) * 3) / 4)
    // Compressed data says where it ends; what follows is not looked at.
    const sessionToken = missing <= 0 ? token : tokenOf(Buffer.concat([packed, Buffer.alloc(missing)]))
    return { accessKeyId, secretAccessKey, sessionToken, expiresAt: principal.session.expiresAt }
  }

  open(accessKeyId: string, sessionToken: string): OpenedSession | undefined {
    const known = this.#opened.get(sessionToken)
    if (known !== undefined) return known.principal.accessKeyId === accessKeyId ? known : undefined
    const opened = this.#unseal(accessKeyId, sessionToken)
    if (opened === undefined) return undefined
    if (this.#opened.size >= OPENED_SESSION_TOKENS) this.#opened.delete(this.#opened.keys().next().value ?? '')
    this.#opened.set(sessionToken, opened)
    return opened
  }

  #unseal(accessKeyId: string, sessionToken: string): OpenedSession | undefined {
    const [prefix, keyId = '', text = '', ...rest] = sessionToken.split('.')
    const key = prefix === PREFIX && rest.length === 0 ? this.#keys.get(keyId) : undefined
    const sealed = Buffer.from(text, 'base64url')
    // The decoder passes over what is no base64url: there is one way to write a token.
    if (key === undefined || sealed.toString('base64url') !== text) return undefined
    try {
      const packed = openBytes(key.key, sealed, purposeOf(accessKeyId))
      const { secretAccessKey, principal } = JSON.parse(inflateRawSync(packed).toString()) as Content
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
