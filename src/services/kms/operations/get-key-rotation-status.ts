/** GetKeyRotationStatus: whether the key is rotated automatically, and when next. */
import type { GetKeyRotationStatusRequest, GetKeyRotationStatusResponse } from '@aws-sdk/client-kms'
import { dateOf } from '../../../kit/timestamps.ts'
import { onKey } from '../access.ts'
import type { KmsOperation } from '../context.ts'
import { requireKeyById } from '../lookups.ts'

export const getKeyRotationStatus: KmsOperation<GetKeyRotationStatusRequest, GetKeyRotationStatusResponse> = {
  access: onKey(),
  handle: ({ KeyId }, context) => {
    const { arn, rotation, state } = requireKeyById(context, KeyId)
    // AWS: a key that is to be deleted is not rotated; it is again if the deletion is cancelled.
    if (rotation === undefined || state === 'PendingDeletion') return { KeyId: arn, KeyRotationEnabled: false }
    return {
      KeyId: arn,
      KeyRotationEnabled: true,
      RotationPeriodInDays: rotation.periodDays,
      NextRotationDate: dateOf(rotation.dueAt),
    }
  },
}
