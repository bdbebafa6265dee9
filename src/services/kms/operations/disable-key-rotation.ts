/** DisableKeyRotation: the key keeps its material until it is rotated on demand. */
import type { DisableKeyRotationCommandOutput, DisableKeyRotationRequest } from '@aws-sdk/client-kms'
import { onKey } from '../access.ts'
import type { KmsOperation } from '../context.ts'
import { requireEnabledKey } from '../lookups.ts'

export const disableKeyRotation: KmsOperation<DisableKeyRotationRequest, Partial<DisableKeyRotationCommandOutput>> = {
  access: onKey(),
  handle: ({ KeyId }, context) => {
    context.tx.kmsKeys.update(requireEnabledKey(context, KeyId).keyId, { rotation: undefined })
    return {}
  },
}
