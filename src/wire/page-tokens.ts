/** Pagination tokens: opaque and tamper-evident, so that a client can neither read nor make up a position. */
import { Buffer } from 'node:buffer'
import { createCipheriv, createDecipheriv, createHmac, timingSafeEqual } from 'node:crypto'

export interface PageTokens {
  /** A token for `position` within `scope` (operation and filters); it opens only under the same scope. */
  seal(scope: string, position: string): string
  /** The position, or undefined if the token is not one of ours or belongs to another scope. */
  open(scope: string, token: string): string | undefined
}

const TAG_BYTES = 16
const TOKEN = /^[A-Za-z0-9_-]+$/

/**
 * The synthetic initialization vector construction of RFC 5297, with HMAC-SHA256 as its authenticator: the tag over scope and
 * position is also the vector under which the position is encrypted. Equal positions have equal tokens, on every replica.
 */
export class HmacPageTokens implements PageTokens {
  readonly #macKey: Buffer
  readonly #cipherKey: Buffer

  /** `key` is the installation's secret, of any length. */
  constructor(key: string | Uint8Array) {
    this.#macKey = createHmac('sha256', key).update('page token authentication').digest()
    this.#cipherKey = createHmac('sha256', key).update('page token encryption').digest()
  }

  seal(scope: string, position: string): string {
    const tag = this.#tag(scope, position)
    const cipher = createCipheriv('aes-256-ctr', this.#cipherKey, tag)
    return Buffer.concat([tag, cipher.update(position, 'utf8'), cipher.final()]).toString('base64url')
  }

  open(scope: string, token: string): string | undefined {
    const bytes = TOKEN.test(token) ? Buffer.from(token, 'base64url') : Buffer.alloc(0)
    if (bytes.length < TAG_BYTES || bytes.toString('base64url') !== token) return undefined
    const tag = bytes.subarray(0, TAG_BYTES)
    const cipher = createDecipheriv('aes-256-ctr', this.#cipherKey, tag)
    const position = Buffer.concat([cipher.update(bytes.subarray(TAG_BYTES)), cipher.final()]).toString()
    return timingSafeEqual(tag, this.#tag(scope, position)) ? position : undefined
  }

  #tag(scope: string, position: string): Buffer {
    const mac = createHmac('sha256', this.#macKey).update(`${scope.length}:${scope}${position}`)
    return mac.digest().subarray(0, TAG_BYTES)
  }
}
