/** DisableKey: nothing is encrypted or decrypted with the key until it is enabled again. */
import type { DisableKeyCommandOutput, DisableKeyRequest } from '@aws-sdk/client-kms'
import { onKey } from '../access.ts'
import type { KmsOperation } from '../context.ts'
import { requireLivingKey } from '../lookups.ts'

export const disableKey: KmsOperation<DisableKeyRequest, Partial<DisableKeyCommandOutput>> = {
  access: onKey(),
  handle: ({ KeyId }, context) => {
    context.tx.kmsKeys.update(requireLivingKey(context, KeyId).keyId, { state: 'Disabled' })
    return {}
  },
}
