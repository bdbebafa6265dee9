/** Ciphertexts that callers hand in: the key that a request has them decrypted with, and what comes out. */
import type { DryRunModifierType } from '@aws-sdk/client-kms'
import type { EncryptionContext } from '../../model/kms-ciphertext.ts'
import type { KmsKeyRecord } from '../../model/kms-records.ts'
import { validation } from '../constraints.ts'
import { checkUsable, decryptWithKey, keyOfCiphertext, requireKmsKey } from '../kms-keys.ts'
import type { KmsContext } from './context.ts'
import { checkEncryptionContext } from './crypto-request.ts'
import { dryRun, incorrectKey } from './faults.ts'

export interface Source {
  readonly ciphertext: Uint8Array | undefined
  /** The key that the caller expects. */
  readonly keyId: string | undefined
  readonly encryptionContext: EncryptionContext | undefined
  readonly isDryRun: boolean
  readonly modifiers: readonly DryRunModifierType[]
}

/** The key that decrypts: the expected one, or the one that the ciphertext names. */
export const sourceKey = (context: KmsContext, { keyId, ciphertext }: Source): KmsKeyRecord =>
  keyId === undefined ? keyOfCiphertext(context, requireCiphertext(ciphertext)) : requireKmsKey(context, keyId)

/** The plaintext. Throws `IncorrectKeyException` if another key than the expected one encrypted it. */
export const openSource = (context: KmsContext, source: Source): Buffer => {
  checkModifiers(source)
  const key = sourceKey(context, source)
  checkUsable(key)
  // AWS: such a dry run only asks whether the key could be used.
  if (source.modifiers.includes('IGNORE_CIPHERTEXT')) throw dryRun()
  const ciphertext = requireCiphertext(source.ciphertext)
  if (keyOfCiphertext(context, ciphertext).keyId !== key.keyId) throw incorrectKey()
  return decryptWithKey(context, key, ciphertext, checkEncryptionContext(source.encryptionContext))
}

const checkModifiers = ({ modifiers, isDryRun }: Source): void => {
  if (modifiers.length > 0 && !isDryRun) throw validation('DryRunModifiers are for requests with DryRun alone.')
}

const requireCiphertext = (ciphertext: Uint8Array | undefined): Uint8Array => {
  if (ciphertext === undefined) throw validation('CiphertextBlob must not be null.')
  return ciphertext
}
