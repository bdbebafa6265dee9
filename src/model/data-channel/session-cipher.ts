/**
 * Encryption of a session's data from end to end: AES-256-GCM under the two halves of a data key, one for each direction. Each text is
 * a nonce, the ciphertext and its tag. Source: the Session Manager plugin.
 */
import { createCipheriv, createDecipheriv, randomBytes, timingSafeEqual } from 'node:crypto'
import { DataChannelError } from './data-channel-error.ts'

const ALGORITHM = 'aes-256-gcm'
const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** Bytes of the data key that the client has KMS make. */
export const SESSION_DATA_KEY_BYTES = 2 * KEY_BYTES
/** Bytes that a text is longer encrypted. */
export const SESSION_CIPHER_OVERHEAD_BYTES = NONCE_BYTES + TAG_BYTES

/** What the data key is bound to, in KMS. `targetId` is `ecs:<cluster name>_<task id>_<runtime id>`. */
export const sessionEncryptionContext = (sessionId: string, targetId: string): Readonly<Record<string, string>> => ({
  'aws:ssm:SessionId': sessionId,
  'aws:ssm:TargetId': targetId,
})

export class SessionCipher {
  readonly #sendingKey: Uint8Array
  readonly #receivingKey: Uint8Array

  /** Throws `DataChannelError` if the key has another length than there is. */
  constructor(dataKey: Uint8Array, end: 'agent' | 'client') {
    if (dataKey.length !== SESSION_DATA_KEY_BYTES) throw new DataChannelError('The data key has the wrong length.')
    const ofAgent = dataKey.slice(0, KEY_BYTES)
    const ofClient = dataKey.slice(KEY_BYTES)
    this.#sendingKey = end === 'agent' ? ofAgent : ofClient
    this.#receivingKey = end === 'agent' ? ofClient : ofAgent
  }

  encrypt(plain: Uint8Array): Buffer {
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv(ALGORITHM, this.#sendingKey, nonce, { authTagLength: TAG_BYTES })
    return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
  }

  /** Throws `DataChannelError` if it was not encrypted by the other end. */
  decrypt(encrypted: Uint8Array): Buffer {
    if (encrypted.length < SESSION_CIPHER_OVERHEAD_BYTES) throw new DataChannelError('The encrypted text is too short.')
    const tagAt = encrypted.length - TAG_BYTES
    const nonce = encrypted.subarray(0, NONCE_BYTES)
    const decipher = createDecipheriv(ALGORITHM, this.#receivingKey, nonce, { authTagLength: TAG_BYTES })
    decipher.setAuthTag(encrypted.subarray(tagAt))
    try {
      return Buffer.concat([decipher.update(encrypted.subarray(NONCE_BYTES, tagAt)), decipher.final()])
    } catch (error) {
      throw new DataChannelError('The text was not encrypted with the key of this session.', { cause: error })
    }
  }
}

const CHALLENGE_BYTES = 64

/** What the agent asks a client to decrypt and to encrypt again. */
export const newChallenge = (): Buffer => randomBytes(CHALLENGE_BYTES)

/** Whether a client's answer holds the challenge. Throws `DataChannelError`. */
export const answersChallenge = (cipher: SessionCipher, challenge: Uint8Array, answer: Uint8Array): boolean => {
  const plain = cipher.decrypt(answer)
  return plain.length === challenge.length && timingSafeEqual(plain, challenge)
}
