/** Keys of KMS whose waiting period is over are deleted, with their material and aliases. */
import type { KmsKeyRecord } from '../../model/kms-records.ts'
import { forgetKmsKey } from '../../store/forget-kms-key.ts'
import type { ReadTables } from '../../store/tables.ts'
import type { Controller } from '../controller.ts'
import { retention, type RetentionOptions } from './retention.ts'

export const kmsKeyRetention = (options: RetentionOptions): Controller =>
  retention(
    {
      name: 'kms-key-retention',
      everyMs: 600_000,
      expired: dueKeys,
      // The deletion may have been cancelled meanwhile.
      remove: (tx, keyId) => {
        if (isDue(tx.kmsKeys.get(keyId), options.clock.now())) forgetKmsKey(tx, keyId)
      },
    },
    options,
  )

const isDue = (key: KmsKeyRecord | undefined, now: number): boolean =>
  key?.deletionDueAt !== undefined && key.deletionDueAt <= now

function* dueKeys(tables: ReadTables, now: number): Iterable<string> {
  for (const key of tables.kmsKeys.rows()) if (isDue(key, now)) yield key.keyId
}
