/** Secret values: what requests may give, how they are encrypted, and how they are read. They appear in no message. */
import { timingSafeEqual } from 'node:crypto'
import type { EncryptionContext } from '../../model/kms-ciphertext.ts'
import { DAY_MS, SECRET_VALUE } from '../../model/limits.ts'
import { type SecretRecord, secretVersionKey, type SecretVersionRecord } from '../../model/secret-records.ts'
import { checkConstraints } from '../constraints.ts'
import { decryptValue, encryptValue, getKeyArn, keyDemands, KeyUnusable, type KeyUse } from '../encryption.ts'
import type { Demand } from '../operations.ts'
import type { Extra } from './access.ts'
import type { SecretsContext } from './context.ts'
import { decryptionFailure, encryptionFailure, invalidParameter } from './faults.ts'

/** The members of a request that carry a value. */
export interface GivenValue {
  readonly SecretString?: string | undefined
  readonly SecretBinary?: Uint8Array | undefined
}

/** A value in the clear. */
export interface PlainValue {
  readonly kind: SecretVersionRecord['kind']
  readonly bytes: Buffer
}

/** The value of a request, if it gives one. */
export const valueOf = ({ SecretString: text, SecretBinary: binary }: GivenValue): PlainValue | undefined => {
  if (text !== undefined && binary !== undefined)
    throw invalidParameter("You can't specify both a binary secret value and a string secret value in the same secret.")
  const given = text === undefined ? binary : Buffer.from(text)
  if (given === undefined) return undefined
  const name = text === undefined ? 'secretBinary' : 'secretString'
  checkConstraints({ [name]: given }, { [name]: SECRET_VALUE })
  return { kind: text === undefined ? 'binary' : 'string', bytes: Buffer.from(given) }
}

const encryptionContext = (secretArn: string, versionId: string): EncryptionContext => ({
  SecretARN: secretArn,
  SecretVersionId: versionId,
})

type KeyOwner = Pick<SecretRecord, 'arn'> & { readonly kmsKeyId?: string | undefined }

const keyUse = ({ arn, kmsKeyId }: KeyOwner, versionId: string): KeyUse => ({
  service: 'secretsmanager',
  keyId: kmsKeyId,
  encryptionContext: encryptionContext(arn, versionId),
})

export const encryptSecret = (
  context: SecretsContext,
  secret: KeyOwner,
  versionId: string,
  { kind, bytes }: PlainValue,
): Pick<SecretVersionRecord, 'kind' | 'value'> => {
  try {
    return { kind, value: encryptValue(context, bytes, keyUse(secret, versionId)) }
  } catch (error) {
    if (error instanceof KeyUnusable) throw encryptionFailure(error.message)
    throw error
  }
}

export const decryptSecret = (
  context: SecretsContext,
  { secretArn, versionId, kind, value }: SecretVersionRecord,
): PlainValue => {
  try {
    return { kind, bytes: decryptValue(context, value, encryptionContext(secretArn, versionId)) }
  } catch (error) {
    if (error instanceof KeyUnusable) throw decryptionFailure(error.message)
    throw error
  }
}

export const isSameValue = (one: PlainValue, other: PlainValue): boolean =>
  one.kind === other.kind && one.bytes.length === other.bytes.length && timingSafeEqual(one.bytes, other.bytes)

/** A value as clients see it. */
export const describeValue = ({ kind, bytes }: PlainValue): GivenValue =>
  kind === 'string' ? { SecretString: bytes.toString() } : { SecretBinary: bytes }

/** Takes note that a value was read. AWS: to the day. */
export const noteAccess = ({ tx, now }: SecretsContext, { secretArn, versionId }: SecretVersionRecord): void => {
  const accessedAt = now - (now % DAY_MS)
  const key = secretVersionKey(secretArn, versionId)
  if (tx.secretVersions.get(key)?.accessedAt !== accessedAt) tx.secretVersions.update(key, { accessedAt })
  if (tx.secrets.get(secretArn)?.accessedAt !== accessedAt) tx.secrets.update(secretArn, { accessedAt })
}

/** What a caller needs to have a value encrypted: `kms:Decrypt` too, to find that a repeated request is the same. */
export const encryptionDemands = (context: SecretsContext, secret: KeyOwner, versionId = ''): readonly Demand[] =>
  keyDemands(context, keyUse(secret, versionId), ['kms:GenerateDataKey', 'kms:Decrypt'])

export const decryptionDemands = (
  context: SecretsContext,
  { secretArn, versionId, value }: SecretVersionRecord,
): readonly Demand[] =>
  keyDemands(context, keyUse({ arn: secretArn, kmsKeyId: value.keyArn }, versionId), ['kms:Decrypt'])

/** Condition keys of a request that names a key. */
export const namedKey = (context: SecretsContext, keyId: string | undefined): Extra =>
  keyId === undefined ? {} : { KmsKeyId: keyId, KmsKeyArn: getKeyArn(context, { service: 'secretsmanager', keyId }) }
