/** The keys of blobs, wrapped by the KMS key of their space, or by the registry's own, `alias/aws/ecr`, which is made when the first is. */
import type { Clock } from '../../kit/clock.ts'
import { type BlobSpace, keyIdOfSpace } from '../../model/blob-space.ts'
import { encryptedBy } from '../../model/kms-ciphertext.ts'
import { type KmsKeyRecord, keyProblem } from '../../model/kms-records.ts'
import type { BlobKeys } from '../../store/blobs/blob-header.ts'
import { BlobKeyUnusable } from '../../store/blobs/blob-key-unusable.ts'
import type { Store } from '../../store/store.ts'
import type { Transaction } from '../../store/tables.ts'
import { decryptWithKey, encryptWithKey, type KmsKeyContext, type KmsKeyDeps, managedKey } from '../kms-keys.ts'

export interface BlobKeysOptions extends KmsKeyDeps {
  readonly store: Store
  readonly clock: Clock
  /** Whose key it is. */
  readonly account: string
  readonly region: string
}

/** What the wrapped keys are for, and nothing else. */
const CONTEXT = { 'aws:ecr:blob': 'data-key' }

export const blobKeys = ({ store, clock, account, region, sealer, ids }: BlobKeysOptions): BlobKeys => {
  const within = <T>(work: (context: KmsKeyContext) => T): Promise<T> =>
    store.transact((tx: Transaction) => work({ tx, account, region, sealer, ids, now: clock.now() }))
  return {
    wrap: (key, space) =>
      within((context) => encryptWithKey(context, keyOf(context, space), key, CONTEXT).toString('base64')),
    unwrap: (wrapped) =>
      within((context) => {
        const ciphertext = Buffer.from(wrapped, 'base64')
        const key = requireKey(context, encryptedBy(ciphertext)?.keyId ?? '')
        return decryptWithKey(context, key, ciphertext, CONTEXT)
      }),
  }
}

const keyOf = (context: KmsKeyContext, space: BlobSpace | undefined): KmsKeyRecord =>
  space === undefined ? managedKey(context, 'ecr') : requireKey(context, keyIdOfSpace(space))

/** Throws `BlobKeyUnusable`. */
const requireKey = ({ tx }: KmsKeyContext, keyId: string): KmsKeyRecord => {
  const key = tx.kmsKeys.get(keyId)
  if (key === undefined) throw new BlobKeyUnusable('NotFoundException', `Key '${keyId}' does not exist`)
  const problem = keyProblem(key)
  if (problem !== undefined) throw new BlobKeyUnusable(problem.code, problem.message)
  return key
}
