/** UpdateKeyDescription: another description; an empty one takes it away. */
import type { UpdateKeyDescriptionCommandOutput, UpdateKeyDescriptionRequest } from '@aws-sdk/client-kms'
import { KMS_DESCRIPTION_LENGTH } from '../../../model/limits.ts'
import { checkConstraints } from '../../constraints.ts'
import { onKey } from '../access.ts'
import type { KmsOperation } from '../context.ts'
import { requireLivingKey } from '../lookups.ts'

export const updateKeyDescription: KmsOperation<
  UpdateKeyDescriptionRequest,
  Partial<UpdateKeyDescriptionCommandOutput>
> = {
  access: onKey(),
  handle: (input, context) => {
    checkConstraints(input, { Description: { max: KMS_DESCRIPTION_LENGTH } })
    const { keyId } = requireLivingKey(context, input.KeyId)
    context.tx.kmsKeys.update(keyId, { description: input.Description ?? '' })
    return {}
  },
}
