/**
 * Values of parameters, as they are kept and given out. Those of type SecureString are encrypted under a KMS key, bound to the
 * parameter's ARN.
 * https://docs.aws.amazon.com/kms/latest/developerguide/services-parameter-store.html
 */
import type { EncryptionContext } from '../../model/kms-ciphertext.ts'
import type { ParameterTier, ParameterVersionRecord } from '../../model/parameter-records.ts'
import { decryptValue, encryptValue, keyDemands, KeyUnusable, type KeyUse } from '../encryption.ts'
import type { Demand } from '../operations.ts'
import type { SsmContext } from './context.ts'
import { fault } from './faults.ts'

export const DEFAULT_KEY = 'alias/aws/ssm'

/** AWS: the one pair of the encryption context. */
const encryptionContext = (arn: string): EncryptionContext => ({ PARAMETER_ARN: arn })

const keyUse = (arn: string, keyId: string): KeyUse => ({
  service: 'ssm',
  keyId,
  encryptionContext: encryptionContext(arn),
})

export const encrypted = (
  context: SsmContext,
  arn: string,
  keyId: string,
  value: string,
): ParameterVersionRecord['value'] => orInvalidKey(() => encryptValue(context, Buffer.from(value), keyUse(arn, keyId)))

/** The value as a reader gets it. Without decryption, a SecureString is what it is encrypted as. */
export const revealed = (
  context: SsmContext,
  { arn, value }: ParameterVersionRecord,
  withDecryption: boolean | undefined,
): string => {
  if (typeof value === 'string') return value
  if (withDecryption !== true) return value.content
  return orInvalidKey(() => decryptValue(context, value, encryptionContext(arn)).toString())
}

/** What a caller needs to put a SecureString. AWS: standard parameters are encrypted by KMS, advanced ones with a data key. */
export const encryptionDemands = (
  context: SsmContext,
  arn: string,
  keyId: string,
  tier: ParameterTier,
): readonly Demand[] =>
  keyDemands(context, keyUse(arn, keyId), [tier === 'Advanced' ? 'kms:GenerateDataKey' : 'kms:Encrypt'])

/** What a caller needs to see the value. */
export const decryptionDemands = (
  context: SsmContext,
  { arn, value }: ParameterVersionRecord,
  withDecryption: boolean | undefined,
): readonly Demand[] =>
  typeof value === 'string' || withDecryption !== true
    ? []
    : keyDemands(context, keyUse(arn, value.keyArn), ['kms:Decrypt'])

const orInvalidKey = <T>(work: () => T): T => {
  try {
    return work()
  } catch (error) {
    if (error instanceof KeyUnusable) throw fault('InvalidKeyId', error.message)
    throw error
  }
}
