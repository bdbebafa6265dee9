/**
 * Ciphertexts of KMS: which key and which of its materials encrypted them stands in front, so that Decrypt needs to be told neither.
 *
 *     version (1) | key id (16) | material id (32) | salt (16) | nonce, tag and ciphertext of AES-256-GCM
 *
 * Each is encrypted with a key of its own, derived from the material and the salt (RFC 5869), so that there is no limit to how many
 * texts a material encrypts. The header and the encryption context are authenticated.
 */
import { hkdfSync, randomBytes } from 'node:crypto'
import { openBytes, sealBytes, SEALING_KEY_BYTES } from '../kit/sealing.ts'

/** Pairs that have to be the same for decryption as they were for encryption; their order does not matter. */
export type EncryptionContext = Readonly<Record<string, string>>

export interface KeyMaterial {
  readonly keyId: string
  readonly materialId: string
  readonly bytes: Uint8Array
}

const VERSION = 1
const KEY_ID_END = 17
const MATERIAL_ID_END = 49
const HEADER_BYTES = 65

export const encryptUnder = (material: KeyMaterial, plain: Uint8Array, context: EncryptionContext): Buffer => {
  const header = Buffer.concat([
    Buffer.of(VERSION),
    Buffer.from(material.keyId.replaceAll('-', ''), 'hex'),
    Buffer.from(material.materialId, 'hex'),
    randomBytes(HEADER_BYTES - MATERIAL_ID_END),
  ])
  return Buffer.concat([header, sealBytes(textKey(material, header), plain, authenticated(header, context))])
}

/** Which key and material decrypt it; undefined if it is no ciphertext of KMS. */
export const encryptedBy = (ciphertext: Uint8Array): Omit<KeyMaterial, 'bytes'> | undefined => {
  if (ciphertext[0] !== VERSION || ciphertext.length < HEADER_BYTES) return undefined
  const bytes = Buffer.from(ciphertext)
  const keyId = bytes.toString('hex', 1, KEY_ID_END).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
  return { keyId, materialId: bytes.toString('hex', KEY_ID_END, MATERIAL_ID_END) }
}

/** The plaintext. Throws `Unsealable` if the ciphertext was altered or the context is another one. */
export const decryptWith = (material: KeyMaterial, ciphertext: Uint8Array, context: EncryptionContext): Buffer => {
  const header = Buffer.from(ciphertext.subarray(0, HEADER_BYTES))
  return openBytes(textKey(material, header), ciphertext.subarray(HEADER_BYTES), authenticated(header, context))
}

const textKey = ({ bytes }: KeyMaterial, header: Buffer): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', bytes, header.subarray(MATERIAL_ID_END), 'kms ciphertext', SEALING_KEY_BYTES))

const authenticated = (header: Buffer, context: EncryptionContext): string => {
  const pairs = Object.entries(context).toSorted(([left], [right]) => (left < right ? -1 : 1))
  return `${header.toString('hex')}${JSON.stringify(pairs)}`
}
