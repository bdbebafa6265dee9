/** Removes a key with its material, aliases and grants: nothing that it encrypted can ever be decrypted again. */
import type { Transaction } from './tables.ts'

export const forgetKmsKey = (tx: Transaction, keyId: string): void => {
  for (const { materialId } of tx.kmsKeyMaterials.find('byKey', keyId)) tx.kmsKeyMaterials.remove(materialId)
  for (const { arn } of tx.kmsAliases.find('byKey', keyId)) tx.kmsAliases.remove(arn)
  for (const { grantId } of tx.kmsGrants.find('byKey', keyId)) tx.kmsGrants.remove(grantId)
  tx.kmsKeys.remove(keyId)
}
