/** What KMS keys encrypt with: made here, and put in the place of the one before by a rotation. */
import { randomBytes } from 'node:crypto'
import { type Sealer, SEALING_KEY_BYTES } from '../kit/sealing.ts'
import { keyMaterialPurpose, type KmsKeyMaterialRecord, type KmsKeyRecord } from '../model/kms-records.ts'
import { DAY_MS } from '../model/limits.ts'
import type { Transaction } from './tables.ts'

type RotationType = NonNullable<KmsKeyMaterialRecord['rotationType']>

/** New material of a key. Making it the current one is the caller's. */
export const addMaterial = (
  tx: Transaction,
  sealer: Sealer,
  { keyId, since, rotationType }: Omit<KmsKeyMaterialRecord, 'materialId' | 'sealedMaterial'>,
): KmsKeyMaterialRecord => {
  const materialId = randomBytes(SEALING_KEY_BYTES).toString('hex')
  const sealedMaterial = sealer.seal(randomBytes(SEALING_KEY_BYTES), keyMaterialPurpose({ keyId, materialId }))
  return tx.kmsKeyMaterials.insert({
    materialId,
    keyId,
    sealedMaterial,
    since,
    ...(rotationType !== undefined && { rotationType }),
  })
}

/** Gives the key new material to encrypt with; what there was still decrypts. An automatic rotation is due again a period later. */
export const rotateMaterial = (
  tx: Transaction,
  sealer: Sealer,
  { keyId, rotation }: KmsKeyRecord,
  now: number,
  rotationType: RotationType,
): KmsKeyRecord => {
  const { materialId } = addMaterial(tx, sealer, { keyId, since: now, rotationType })
  return tx.kmsKeys.update(keyId, {
    currentMaterialId: materialId,
    ...(rotation && rotationType === 'AUTOMATIC' && { rotation: nextRotation(rotation.periodDays, now) }),
  })
}

export const nextRotation = (periodDays: number, now: number): NonNullable<KmsKeyRecord['rotation']> => ({
  periodDays,
  dueAt: now + periodDays * DAY_MS,
})
