/** Removes a secret with everything that belongs to it. */
import { secretVersionKey } from '../model/secret-records.ts'
import type { Transaction } from './tables.ts'

export const forgetSecret = (tx: Transaction, arn: string): void => {
  for (const { versionId } of tx.secretVersions.find('bySecret', arn))
    tx.secretVersions.remove(secretVersionKey(arn, versionId))
  tx.secrets.remove(arn)
}
