/** ScheduleKeyDeletion: the key can no longer be used, and is gone when the waiting period is over. */
import type { ScheduleKeyDeletionRequest, ScheduleKeyDeletionResponse } from '@aws-sdk/client-kms'
import { dateOf } from '../../../kit/timestamps.ts'
import { DAY_MS, KMS_DELETION_WINDOW, KMS_DELETION_WINDOW_DAYS } from '../../../model/limits.ts'
import { checkConstraints } from '../../constraints.ts'
import { onKey } from '../access.ts'
import type { KmsOperation } from '../context.ts'
import { requireLivingKey } from '../lookups.ts'

export const scheduleKeyDeletion: KmsOperation<ScheduleKeyDeletionRequest, ScheduleKeyDeletionResponse> = {
  access: onKey(({ PendingWindowInDays: days = KMS_DELETION_WINDOW_DAYS }) => ({
    context: { 'kms:schedulekeydeletionpendingwindowindays': [String(days)] },
  })),
  handle: (input, context) => {
    checkConstraints(input, { PendingWindowInDays: KMS_DELETION_WINDOW })
    const { KeyId: reference, PendingWindowInDays: days = KMS_DELETION_WINDOW_DAYS } = input
    const { keyId, arn } = requireLivingKey(context, reference)
    const deletionDueAt = context.now + days * DAY_MS
    context.tx.kmsKeys.update(keyId, { state: 'PendingDeletion', deletionDueAt })
    return { KeyId: arn, DeletionDate: dateOf(deletionDueAt), KeyState: 'PendingDeletion', PendingWindowInDays: days }
  },
}
