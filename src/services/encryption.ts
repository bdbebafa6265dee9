/**
 * How services keep what is secret: encrypted with a data key of its own, which a KMS key encrypts in turn. Each value is bound to an
 * encryption context, which says what it is and where it belongs, and opens for nothing else.
 */
import { randomBytes } from 'node:crypto'
import { openBytes, sealBytes, SEALING_KEY_BYTES } from '../kit/sealing.ts'
import type { EncryptionContext } from '../model/kms-ciphertext.ts'
import type { EncryptedValue, KmsKeyRecord } from '../model/kms-records.ts'
import { Fault } from '../wire/fault.ts'
import {
  decryptWithKey,
  encryptWithKey,
  type KmsKeyContext,
  type KmsKeyDeps,
  managedKey,
  type ManagedService,
  requireKmsKey,
} from './kms-keys.ts'
import { keyDemand } from './kms-demands.ts'
import type { Demand, OperationContext } from './operations.ts'

/** The key cannot be used, for the reason that the message states. */
export class KeyUnusable extends Error {
  override readonly name = 'KeyUnusable'
}

/** What is encrypted by which service with which key. */
export interface KeyUse {
  readonly service: ManagedService
  /** The customer's choice: id, ARN or alias of a key. Without one, the service's own key is used. */
  readonly keyId?: string | undefined
  readonly encryptionContext: EncryptionContext
}

/** Encrypts a value. Throws `KeyUnusable`. */
export const encryptValue = (context: KmsKeyContext, plain: Uint8Array, use: KeyUse): EncryptedValue =>
  orUnusable(() => {
    const key = keyOf(context, use)
    const dataKey = randomBytes(SEALING_KEY_BYTES)
    const encryptedKey = encryptWithKey(context, key, dataKey, use.encryptionContext)
    const content = sealBytes(dataKey, plain, 'value')
    return { keyArn: key.arn, dataKey: encryptedKey.toString('base64'), content: content.toString('base64') }
  })

/** The value as it was before. Throws `KeyUnusable`, also if the encryption context is not the same. */
export const decryptValue = (
  context: KmsKeyContext,
  { keyArn, dataKey, content }: EncryptedValue,
  encryptionContext: EncryptionContext,
): Buffer =>
  orUnusable(() => {
    const key = requireKmsKey(context, keyArn)
    const opened = decryptWithKey(context, key, Buffer.from(dataKey, 'base64'), encryptionContext)
    return openBytes(opened, Buffer.from(content, 'base64'), 'value')
  })

/**
 * What a caller needs for the service to encrypt (`GenerateDataKey`, `Encrypt`) or decrypt on its behalf: nothing with the service's own
 * key. For a key that does not exist there is nothing to ask for, and using it fails.
 */
export const keyDemands = (
  context: OperationContext<KmsKeyDeps>,
  use: KeyUse,
  actions: readonly ('kms:Decrypt' | 'kms:Encrypt' | 'kms:GenerateDataKey')[],
): readonly Demand[] => {
  const key = use.keyId === undefined ? undefined : existingKey(context, use)
  if (key === undefined || key.managedFor !== undefined) return []
  return actions.map((action) =>
    keyDemand(context, key, { action, via: use.service, encryptionContext: use.encryptionContext }),
  )
}

/** ARN of the key that would encrypt; undefined if there is none. */
export const getKeyArn = (context: KmsKeyContext, use: Pick<KeyUse, 'service' | 'keyId'>): string | undefined =>
  existingKey(context, use)?.arn

const existingKey = (context: KmsKeyContext, use: Pick<KeyUse, 'service' | 'keyId'>): KmsKeyRecord | undefined => {
  try {
    return keyOf(context, use)
  } catch (error) {
    if (error instanceof Fault) return undefined
    throw error
  }
}

/** AWS: the key that a service has in an account serves that service alone. */
const keyOf = (context: KmsKeyContext, { service, keyId }: Pick<KeyUse, 'service' | 'keyId'>): KmsKeyRecord => {
  const key = keyId === undefined ? managedKey(context, service) : requireKmsKey(context, keyId)
  if (key.managedFor === undefined || key.managedFor === service) return key
  throw new Fault({ code: 'AccessDeniedException', message: `${key.arn} is for ${key.managedFor} alone.` })
}

const orUnusable = <T>(work: () => T): T => {
  try {
    return work()
  } catch (error) {
    if (error instanceof Fault) throw new KeyUnusable(error.message || error.code, { cause: error })
    throw error
  }
}
