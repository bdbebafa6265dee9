/** What the operations that encrypt and decrypt have in common: their rules, and what callers must be allowed to do. */
import type { EncryptionContext } from '../../model/kms-ciphertext.ts'
import { KMS_CIPHERTEXT, KMS_ENCRYPTION_CONTEXT_LENGTH, KMS_PLAINTEXT, KMS_RANDOM_BYTES } from '../../model/limits.ts'
import { checkConstraints, validation } from '../constraints.ts'
import type { KeyAccess } from '../kms-demands.ts'
import type { KmsContext } from './context.ts'
import { dryRun, invalidKeyUsage, unsupported } from './faults.ts'
import { checkGrantTokens } from './grants.ts'

export const ALGORITHM = 'SYMMETRIC_DEFAULT'

interface CryptoRequest {
  readonly Plaintext?: Uint8Array | undefined
  readonly CiphertextBlob?: Uint8Array | undefined
  readonly NumberOfBytes?: number | undefined
  readonly GrantTokens?: readonly string[] | undefined
  readonly Recipient?: object | undefined
  readonly DryRun?: boolean | undefined
}

/** The rules that any of these operations has for its members. */
export const checkCryptoRequest = (context: KmsContext, input: CryptoRequest): void => {
  checkConstraints(input, {
    Plaintext: KMS_PLAINTEXT,
    CiphertextBlob: KMS_CIPHERTEXT,
    NumberOfBytes: KMS_RANDOM_BYTES,
  })
  checkGrantTokens(context, input.GrantTokens)
  checkRecipient(input)
}

export const checkRecipient = ({ Recipient }: Pick<CryptoRequest, 'Recipient'>): void => {
  if (Recipient !== undefined) throw unsupported('Recipient is for AWS Nitro enclaves, which there are none of.')
}

export const checkAlgorithm = (algorithm: string | undefined): void => {
  if (algorithm !== undefined && algorithm !== ALGORITHM)
    throw invalidKeyUsage(`A key of type SYMMETRIC_DEFAULT encrypts and decrypts with SYMMETRIC_DEFAULT alone.`)
}

export const checkEncryptionContext = (context: EncryptionContext = {}): EncryptionContext => {
  const length = Object.entries(context).reduce((sum, [key, value]) => sum + key.length + value.length, 0)
  if (length > KMS_ENCRYPTION_CONTEXT_LENGTH)
    throw validation(`An encryption context can have at most ${KMS_ENCRYPTION_CONTEXT_LENGTH} characters.`)
  return context
}

/** AWS: a dry run that would have succeeded is answered with a fault that says so. */
export const unlessDry = <Answer>({ DryRun = false }: Pick<CryptoRequest, 'DryRun'>, answer: Answer): Answer => {
  if (DryRun) throw dryRun()
  return answer
}

/** Condition keys of a request that encrypts or decrypts. */
export const cryptoAccess = (encryptionContext: EncryptionContext | undefined): KeyAccess => ({
  encryptionContext,
  context: { 'kms:encryptionalgorithm': [ALGORITHM] },
})
