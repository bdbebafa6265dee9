/** The keys of blobs, wrapped by the registry's key of KMS, `alias/aws/ecr`, which is made when the first is. */
import type { Clock } from '../../kit/clock.ts'
import type { BlobKeys } from '../../store/blobs/blob-header.ts'
import type { Store } from '../../store/store.ts'
import type { Transaction } from '../../store/tables.ts'
import {
  decryptWithKey,
  encryptWithKey,
  keyOfCiphertext,
  type KmsKeyContext,
  type KmsKeyDeps,
  managedKey,
} from '../kms-keys.ts'

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
    wrap: (key) =>
      within((context) => encryptWithKey(context, managedKey(context, 'ecr'), key, CONTEXT).toString('base64')),
    unwrap: (wrapped) =>
      within((context) => {
        const ciphertext = Buffer.from(wrapped, 'base64')
        return decryptWithKey(context, keyOfCiphertext(context, ciphertext), ciphertext, CONTEXT)
      }),
  }
}
