/**
 * The keys that seal session tokens: a new one every day, kept as long as a token that it sealed may be good. They are rows, so every
 * replica has them; what opens a token is in memory.
 */
import { defined } from '../kit/assert.ts'
import type { Ids } from '../kit/ids.ts'
import { type Sealed, type Sealer, SEALING_KEY_BYTES, type SealingKey } from '../kit/sealing.ts'
import { LONGEST_SESSION_MS, SESSION_KEY_ROTATION_MS, SESSION_KEY_SLACK_MS } from './limits.ts'
import type { SessionKeys } from './session-tokens.ts'

export interface SessionKeyRecord {
  readonly keyId: string
  /** 32 bytes, sealed for `sessionKeyPurpose`. */
  readonly sealedKey: Sealed
  readonly createdAt: number
}

export const sessionKeyPurpose = ({ keyId }: Pick<SessionKeyRecord, 'keyId'>): string => `sessionKey/${keyId}`

const KEY_ID_DIGITS = 8

export const newSessionKey = (ids: Ids, sealer: Sealer, now: number): SessionKeyRecord => {
  const keyId = ids.hex32().slice(0, KEY_ID_DIGITS)
  const key = Buffer.from(ids.hex32() + ids.hex32(), 'hex').subarray(0, SEALING_KEY_BYTES)
  return { keyId, sealedKey: sealer.seal(key, sessionKeyPurpose({ keyId })), createdAt: now }
}

/** Whether it is time for a new key. */
export const isSessionKeyDue = (keys: readonly SessionKeyRecord[], now: number): boolean =>
  keys.every(({ createdAt }) => createdAt <= now - SESSION_KEY_ROTATION_MS)

/** Keys whose last token has expired: a key seals until the next one is there. */
export const spentSessionKeys = (keys: readonly SessionKeyRecord[], now: number): readonly SessionKeyRecord[] => {
  const spentAt = now - LONGEST_SESSION_MS - SESSION_KEY_SLACK_MS
  const inOrder = keys.toSorted((left, right) => left.createdAt - right.createdAt)
  return inOrder.filter((_key, position) => (inOrder[position + 1]?.createdAt ?? Infinity) <= spentAt)
}

/** Where the keys lie: as much of the table as reading them takes. */
export interface StoredSessionKeys {
  get(keyId: string): SessionKeyRecord | undefined
  rows(): Iterable<SessionKeyRecord>
}

/** The stored keys, unsealed once. */
export class SessionKeyRing implements SessionKeys {
  readonly #stored: StoredSessionKeys
  readonly #sealer: Sealer
  /** By row: one that was sealed anew is another. */
  readonly #opened = new WeakMap<SessionKeyRecord, SealingKey>()

  constructor(stored: StoredSessionKeys, sealer: Sealer) {
    this.#stored = stored
    this.#sealer = sealer
  }

  newest(): SealingKey {
    let newest: SessionKeyRecord | undefined
    for (const row of this.#stored.rows()) if (newest === undefined || row.createdAt >= newest.createdAt) newest = row
    return this.#open(defined(newest, 'a session key'))
  }

  get(keyId: string): SealingKey | undefined {
    const row = this.#stored.get(keyId)
    return row && this.#open(row)
  }

  #open(row: SessionKeyRecord): SealingKey {
    const known = this.#opened.get(row)
    if (known !== undefined) return known
    const opened = { id: row.keyId, key: this.#sealer.open(row.sealedKey, sessionKeyPurpose(row)) }
    this.#opened.set(row, opened)
    return opened
  }
}
