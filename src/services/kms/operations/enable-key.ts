/** EnableKey: the key can be used again. */
import type { EnableKeyCommandOutput, EnableKeyRequest } from '@aws-sdk/client-kms'
import { onKey } from '../access.ts'
import type { KmsOperation } from '../context.ts'
import { requireLivingKey } from '../lookups.ts'

export const enableKey: KmsOperation<EnableKeyRequest, Partial<EnableKeyCommandOutput>> = {
  access: onKey(),
  handle: ({ KeyId }, context) => {
    context.tx.kmsKeys.update(requireLivingKey(context, KeyId).keyId, { state: 'Enabled' })
    return {}
  },
}
