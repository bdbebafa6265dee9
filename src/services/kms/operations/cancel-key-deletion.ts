/** CancelKeyDeletion: the key stays, disabled. */
import type { CancelKeyDeletionRequest, CancelKeyDeletionResponse } from '@aws-sdk/client-kms'
import { onKey } from '../access.ts'
import type { KmsOperation } from '../context.ts'
import { invalidState } from '../faults.ts'
import { requireCustomerKey } from '../lookups.ts'

export const cancelKeyDeletion: KmsOperation<CancelKeyDeletionRequest, CancelKeyDeletionResponse> = {
  access: onKey(),
  handle: ({ KeyId }, context) => {
    const { keyId, arn, state } = requireCustomerKey(context, KeyId)
    if (state !== 'PendingDeletion') throw invalidState(`${arn} is not pending deletion.`)
    context.tx.kmsKeys.update(keyId, { state: 'Disabled', deletionDueAt: undefined })
    return { KeyId: arn }
  },
}
