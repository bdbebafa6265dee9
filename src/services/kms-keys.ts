/**
 * The keys of KMS as its own operations and the services that encrypt with them find and use them. Faults are those of KMS; a service
 * with other names for them goes through `encryption.ts`.
 */
import { defined } from '../kit/assert.ts'
import type { Ids } from '../kit/ids.ts'
import { type Sealer, Unsealable } from '../kit/sealing.ts'
import { kmsAliasArn, kmsKeyArn, parseArn } from '../model/arn.ts'
import {
  decryptWith,
  encryptedBy,
  encryptUnder,
  type EncryptionContext,
  type KeyMaterial,
} from '../model/kms-ciphertext.ts'
import { awsManagedPolicy, defaultKeyPolicy } from '../model/kms-key-policies.ts'
import { keyMaterialPurpose, keyProblem, type KmsKeyRecord } from '../model/kms-records.ts'
import { KMS_ROTATION_PERIOD_DAYS } from '../model/limits.ts'
import { addMaterial, nextRotation } from '../store/kms-materials.ts'
import { Fault } from '../wire/fault.ts'
import type { OperationContext } from './operations.ts'

export interface KmsKeyDeps {
  readonly sealer: Sealer
  readonly ids: Ids
}

/** What of a call is needed; some that use keys are no calls. */
export type KmsKeyContext = Pick<OperationContext<KmsKeyDeps>, 'tx' | 'account' | 'region' | 'now' | 'sealer' | 'ids'>

/** Services that have a key of their own in every account and region, made when it is first needed. */
const MANAGED_SERVICES = ['ecr', 'logs', 'secretsmanager', 'ssm'] as const
export type ManagedService = (typeof MANAGED_SERVICES)[number]

const MANAGED_PREFIX = 'alias/aws/'

/** Names of the aliases that exist without anyone having made them. */
export const managedAliases: readonly string[] = MANAGED_SERVICES.map((service) => MANAGED_PREFIX + service)

const DESCRIPTIONS: Readonly<Record<ManagedService, string>> = {
  ecr: 'Default key that protects my ECR data when no other key is defined',
  logs: 'Default key that protects my CloudWatch Logs data when no other key is defined',
  secretsmanager: 'Default key that protects my Secrets Manager data when no other key is defined',
  ssm: 'Default key that protects my SSM Parameter Store data when no other key is defined',
}

/** The AWS managed key of a service, in the caller's account and region. */
export const managedKey = (context: KmsKeyContext, service: ManagedService): KmsKeyRecord => {
  const { tx, region, account, now } = context
  const aliasName = MANAGED_PREFIX + service
  const arn = kmsAliasArn(region, account, aliasName)
  const existing = tx.kmsAliases.get(arn)
  if (existing !== undefined) return defined(tx.kmsKeys.get(existing.targetKeyId), existing.targetKeyId)
  const policy = awsManagedPolicy(service, region, account)
  const rotation = nextRotation(KMS_ROTATION_PERIOD_DAYS, now)
  const key = createKmsKey(context, {
    description: DESCRIPTIONS[service],
    managedFor: service,
    policy,
    rotation,
    tags: [],
  })
  tx.kmsAliases.insert({ arn, aliasName, targetKeyId: key.keyId, createdAt: now, updatedAt: now })
  return key
}

type NewKey = Pick<KmsKeyRecord, 'description' | 'managedFor' | 'rotation' | 'tags'> & {
  readonly policy?: string | undefined
}

/** A key that is enabled, with its first material. */
export const createKmsKey = (context: KmsKeyContext, { policy, ...given }: NewKey): KmsKeyRecord => {
  const { tx, ids, sealer, region, account, now } = context
  const keyId = ids.uuid()
  const { materialId } = addMaterial(tx, sealer, { keyId, since: now })
  return tx.kmsKeys.insert({
    keyId,
    arn: kmsKeyArn(region, account, keyId),
    account,
    region,
    createdAt: now,
    state: 'Enabled',
    currentMaterialId: materialId,
    policy: policy ?? defaultKeyPolicy(account),
    ...given,
  })
}

const notFound = (message: string): Fault => new Fault({ code: 'NotFoundException', message })

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** The alias by which a request names a key, if it does. */
export const aliasOf = (reference: string): string | undefined => {
  const name = parseArn(reference)?.resource ?? reference
  return name.startsWith('alias/') ? name : undefined
}

/** The key that an id, a key ARN, an alias or an alias ARN names. Throws `NotFoundException`. */
export const requireKmsKey = (context: KmsKeyContext, reference: string): KmsKeyRecord => {
  const alias = aliasOf(reference)
  if (alias === reference) return keyOfAlias(context, kmsAliasArn(context.region, context.account, alias))
  if (alias !== undefined) return keyOfAlias(context, reference)
  return keyOfId(context, reference, parseArn(reference)?.resource.replace(/^key\//, '') ?? reference)
}

const keyOfId = ({ tx, region, account }: KmsKeyContext, reference: string, keyId: string): KmsKeyRecord => {
  if (!UUID.test(keyId)) throw notFound(`Invalid keyId '${reference}'`)
  const key = tx.kmsKeys.get(keyId)
  const isNamed = key !== undefined && (reference === key.arn || (reference === keyId && key.account === account))
  if (!isNamed || key.region !== region)
    throw notFound(`Key '${reference === keyId ? kmsKeyArn(region, account, keyId) : reference}' does not exist`)
  return key
}

const keyOfAlias = (context: KmsKeyContext, arn: string): KmsKeyRecord => {
  const { tx, region, account } = context
  const service = MANAGED_SERVICES.find((name) => arn === kmsAliasArn(region, account, MANAGED_PREFIX + name))
  if (service !== undefined) return managedKey(context, service)
  const alias = tx.kmsAliases.get(arn)
  const key = alias && tx.kmsKeys.get(alias.targetKeyId)
  if (key === undefined || key.region !== region) throw notFound(`Alias ${arn} is not found.`)
  return key
}

/** Throws `DisabledException` or `KMSInvalidStateException` if nothing may be encrypted or decrypted with the key now. */
export const checkUsable = (key: KmsKeyRecord): void => {
  const problem = keyProblem(key)
  if (problem !== undefined) throw new Fault(problem)
}

/** What KMS answers as a ciphertext. The key must be usable. */
export const encryptWithKey = (
  context: KmsKeyContext,
  key: KmsKeyRecord,
  plain: Uint8Array,
  encryptionContext: EncryptionContext,
): Buffer => {
  checkUsable(key)
  const material = defined(materialOf(context, key.currentMaterialId), key.currentMaterialId)
  return encryptUnder(material, plain, encryptionContext)
}

const invalidCiphertext = (): Fault => new Fault({ code: 'InvalidCiphertextException', message: '' })

/** The key that a ciphertext was made with. Throws `InvalidCiphertextException` if there is none. */
export const keyOfCiphertext = ({ tx, region }: KmsKeyContext, ciphertext: Uint8Array): KmsKeyRecord => {
  const header = encryptedBy(ciphertext)
  const key = header && tx.kmsKeys.get(header.keyId)
  if (key === undefined || key.region !== region) throw invalidCiphertext()
  return key
}

/** The plaintext of what was encrypted with the key. Throws `InvalidCiphertextException`. */
export const decryptWithKey = (
  context: KmsKeyContext,
  key: KmsKeyRecord,
  ciphertext: Uint8Array,
  encryptionContext: EncryptionContext,
): Buffer => {
  checkUsable(key)
  const header = encryptedBy(ciphertext)
  const material = header && materialOf(context, header.materialId)
  if (material?.keyId !== key.keyId) throw invalidCiphertext()
  try {
    return decryptWith(material, ciphertext, encryptionContext)
  } catch (error) {
    if (error instanceof Unsealable) throw invalidCiphertext()
    throw error
  }
}

const materialOf = ({ tx, sealer }: KmsKeyContext, materialId: string): KeyMaterial | undefined => {
  const record = tx.kmsKeyMaterials.get(materialId)
  if (record === undefined) return undefined
  const { keyId, sealedMaterial } = record
  return { keyId, materialId, bytes: sealer.open(sealedMaterial, keyMaterialPurpose(record)) }
}
