/** EnableKeyRotation: new material every period; what the old ones encrypted can still be decrypted. */
import type { EnableKeyRotationCommandOutput, EnableKeyRotationRequest } from '@aws-sdk/client-kms'
import { KMS_ROTATION_PERIOD, KMS_ROTATION_PERIOD_DAYS } from '../../../model/limits.ts'
import { nextRotation } from '../../../store/kms-materials.ts'
import { checkConstraints } from '../../constraints.ts'
import { onKey } from '../access.ts'
import type { KmsOperation } from '../context.ts'
import { requireEnabledKey } from '../lookups.ts'

export const enableKeyRotation: KmsOperation<EnableKeyRotationRequest, Partial<EnableKeyRotationCommandOutput>> = {
  access: onKey(({ RotationPeriodInDays: days = KMS_ROTATION_PERIOD_DAYS }) => ({
    context: { 'kms:rotationperiodindays': [String(days)] },
  })),
  handle: (input, context) => {
    checkConstraints(input, { RotationPeriodInDays: KMS_ROTATION_PERIOD })
    const { keyId, rotation } = requireEnabledKey(context, input.KeyId)
    const periodDays = input.RotationPeriodInDays ?? KMS_ROTATION_PERIOD_DAYS
    if (rotation?.periodDays !== periodDays)
      context.tx.kmsKeys.update(keyId, { rotation: nextRotation(periodDays, context.now) })
    return {}
  },
}
