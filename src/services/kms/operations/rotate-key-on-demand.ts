/** RotateKeyOnDemand: new material now; the schedule of automatic rotations stays as it is. */
import type { RotateKeyOnDemandRequest, RotateKeyOnDemandResponse } from '@aws-sdk/client-kms'
import { KMS_ON_DEMAND_ROTATIONS } from '../../../model/limits.ts'
import { rotateMaterial } from '../../../store/kms-materials.ts'
import { onKey } from '../access.ts'
import type { KmsOperation } from '../context.ts'
import { limitExceeded } from '../faults.ts'
import { requireEnabledKey } from '../lookups.ts'

export const rotateKeyOnDemand: KmsOperation<RotateKeyOnDemandRequest, RotateKeyOnDemandResponse> = {
  access: onKey(),
  handle: ({ KeyId }, context) => {
    const { tx, sealer, now } = context
    const key = requireEnabledKey(context, KeyId)
    const earlier = tx.kmsKeyMaterials.find('byKey', key.keyId).filter((row) => row.rotationType === 'ON_DEMAND')
    if (earlier.length >= KMS_ON_DEMAND_ROTATIONS)
      throw limitExceeded(`A key can be rotated on demand ${KMS_ON_DEMAND_ROTATIONS} times.`)
    rotateMaterial(tx, sealer, key, now, 'ON_DEMAND')
    return { KeyId: key.arn }
  },
}
