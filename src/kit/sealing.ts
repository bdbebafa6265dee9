/**
 * Small secrets sealed for storage: AES-256-GCM, each bound to what it is for, so that one cannot be passed off as another.
 * Which keys there are and where they come from is the keeper's business.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

declare const sealedMark: unique symbol

/**
 * A text that a `Sealer` made. To the compiler it is not a string, so that a record's member which holds one has to say so, and cannot
 * be forgotten when everything is sealed anew under another key.
 */
export interface Sealed {
  readonly [sealedMark]: true
}

/** Seals and opens under keys that it keeps. */
export interface Sealer {
  /** `purpose` is authenticated, not stored: e.g. `accessKey/AKIA…`. */
  seal(plain: Uint8Array, purpose: string): Sealed
  /** Throws `Unsealable` if the text was altered, is for another purpose, or is of a key that is not there. */
  open(sealed: Sealed, purpose: string): Buffer
}

/** Nothing that was sealed with a key that is here for that purpose. */
export class Unsealable extends Error {
  override readonly name = 'Unsealable'
}

const ALGORITHM = 'aes-256-gcm'
export const SEALING_KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** Nonce, tag and ciphertext in one. `key` has 32 bytes; one key seals at most 2^32 texts (NIST SP 800-38D, 8.3). */
export const sealBytes = (key: Uint8Array, plain: Uint8Array, purpose: string): Buffer => {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES })
  cipher.setAAD(Buffer.from(purpose))
  const content = Buffer.concat([cipher.update(plain), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), content])
}

/** The opposite of `sealBytes`. Throws `Unsealable`. */
export const openBytes = (key: Uint8Array, sealed: Uint8Array, purpose: string): Buffer => {
  if (sealed.length < NONCE_BYTES + TAG_BYTES) throw new Unsealable('The sealed text is too short.')
  const decipher = createDecipheriv(ALGORITHM, key, sealed.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
  decipher.setAAD(Buffer.from(purpose))
  decipher.setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES))
  try {
    return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()])
  } catch (error) {
    throw new Unsealable('The sealed text was altered, or is for another purpose or key.', { cause: error })
  }
}

/**
 * The one key that everything else at rest hangs on, and those that it replaced. Sealed texts name their key:
 * `<key id>.<base64url of nonce, tag and ciphertext>`.
 */
export class MasterKey implements Sealer {
  readonly #current: SealingKey
  readonly #keys: ReadonlyMap<string, Uint8Array>

  /** `previous` only open; nothing new is sealed with them. */
  constructor(current: SealingKey, previous: readonly SealingKey[] = []) {
    this.#current = current
    this.#keys = new Map([current, ...previous].map(({ id, key }) => [id, key]))
  }

  get currentId(): string {
    return this.#current.id
  }

  seal(plain: Uint8Array, purpose: string): Sealed {
    const text = `${this.#current.id}.${sealBytes(this.#current.key, plain, purpose).toString('base64url')}`
    return text as unknown as Sealed
  }

  open(sealed: Sealed, purpose: string): Buffer {
    const id = sealingKeyId(sealed)
    const key = this.#keys.get(id)
    if (key === undefined) throw new Unsealable(`There is no master key "${id}".`)
    return openBytes(key, Buffer.from(textOf(sealed).slice(id.length + 1), 'base64url'), purpose)
  }
}

const textOf = (sealed: Sealed): string => sealed as unknown as string

/** Which key a text was sealed with. */
export const sealingKeyId = (sealed: Sealed): string => {
  const text = textOf(sealed)
  return text.slice(0, Math.max(text.indexOf('.'), 0))
}

export interface SealingKey {
  /** Without dots, e.g. `m1`. */
  readonly id: string
  /** 32 bytes. */
  readonly key: Uint8Array
}
