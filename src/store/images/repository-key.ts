/**
 * Repositories that are encrypted with a key of KMS: the registry uses it by a grant, and blobs of such repositories lie in the space of the key.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/encryption-at-rest.html
 */
import type { Ids } from '../../kit/ids.ts'
import { parseArn } from '../../model/arn.ts'
import { type BlobSpace, blobSpace } from '../../model/blob-space.ts'
import type { ChosenEncryption, RepositoryEncryption, RepositoryRecord } from '../../model/image-records.ts'
import { type KmsKeyRecord, keyProblem } from '../../model/kms-records.ts'
import { KMS_GRANTS_PER_KEY } from '../../model/limits.ts'
import { BlobKeyUnusable } from '../blobs/blob-key-unusable.ts'
import type { BlobStore } from '../blobs/blob-store.ts'
import type { Blobs } from '../blobs/blobs.ts'
import type { ReadTables, Transaction } from '../tables.ts'

type KeyTables = Pick<ReadTables, 'kmsKeys' | 'kmsGrants'>
type Encrypted = Pick<RepositoryRecord, 'arn' | 'encryption'>

/** What a registry may do with the key. AWS: two grants have these operations. */
export const REGISTRY_OPERATIONS = ['Decrypt', 'DescribeKey', 'GenerateDataKey', 'RetireGrant'] as const

/** Lets the registry use the key for a repository that is about to be made. Throws `BlobKeyUnusable`. */
export const encryptionWith = (
  tx: Transaction,
  { arn, account, region }: Pick<RepositoryRecord, 'arn' | 'account' | 'region'>,
  { type, keyArn }: ChosenEncryption,
  { ids, now }: { readonly ids: Ids; readonly now: number },
): RepositoryEncryption => {
  const key = requireUsable(tx, keyArn)
  if (key.managedFor !== undefined) return { type, keyArn }
  if (tx.kmsGrants.findSize('byKey', key.keyId) >= KMS_GRANTS_PER_KEY)
    throw new BlobKeyUnusable('LimitExceededException', `A key can have at most ${KMS_GRANTS_PER_KEY} grants.`)
  const registry = registryPrincipal(region)
  const { grantId } = tx.kmsGrants.insert({
    grantId: ids.hex32() + ids.hex32(),
    keyId: key.keyId,
    granteePrincipal: registry,
    retiringPrincipal: registry,
    operations: REGISTRY_OPERATIONS,
    constraint: { kind: 'subset', pairs: { 'aws:ecr:arn': arn } },
    issuingAccount: account,
    createdAt: now,
  })
  return { type, keyArn, grantId }
}

export const registryPrincipal = (region: string): string => `ecr.${region}.amazonaws.com`

/** The blobs of the repository. Throws `BlobKeyUnusable` if its key cannot be used now. */
export const blobsOf = (
  { store, blobs }: { readonly store: { readonly tables: KeyTables }; readonly blobs: BlobStore },
  repository: Encrypted,
): Blobs => {
  checkKey(store.tables, repository)
  return blobs.in(spaceOf(repository))
}

/** Undefined for what the registry's own key encrypts. */
export const spaceOf = ({ encryption }: Pick<RepositoryRecord, 'encryption'>): BlobSpace | undefined =>
  encryption === undefined ? undefined : blobSpace(keyIdOf(encryption.keyArn), encryption.type === 'KMS_DSSE')

/** Throws `BlobKeyUnusable` if the repository has a key that cannot be used now. */
export const checkKey = (tables: KeyTables, { encryption }: Encrypted): void => {
  if (encryption === undefined) return
  const { keyArn, grantId } = encryption
  requireUsable(tables, keyArn)
  if (grantId !== undefined && !tables.kmsGrants.has(grantId))
    throw new BlobKeyUnusable('AccessDeniedException', `The registry's grant to use ${keyArn} was taken back.`)
}

const requireUsable = ({ kmsKeys }: Pick<KeyTables, 'kmsKeys'>, keyArn: string): KmsKeyRecord => {
  const key = kmsKeys.get(keyIdOf(keyArn))
  if (key === undefined) throw new BlobKeyUnusable('NotFoundException', `Key '${keyArn}' does not exist`)
  const problem = keyProblem(key)
  if (problem !== undefined) throw new BlobKeyUnusable(problem.code, problem.message)
  return key
}

const keyIdOf = (keyArn: string): string => parseArn(keyArn)?.resource.replace(/^key\//, '') ?? ''
