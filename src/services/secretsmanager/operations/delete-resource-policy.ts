/** DeleteResourcePolicy: identities' own policies alone decide about the secret. */
import type { DeleteResourcePolicyRequest, DeleteResourcePolicyResponse } from '@aws-sdk/client-secrets-manager'
import { onSecret } from '../access.ts'
import type { SecretsOperation } from '../context.ts'
import { nameOf } from '../describe.ts'
import { changeSecret, requireLivingSecret } from '../lookups.ts'

export const deleteResourcePolicy: SecretsOperation<DeleteResourcePolicyRequest, DeleteResourcePolicyResponse> = {
  access: onSecret(),
  handle: ({ SecretId }, context) => {
    const { arn } = requireLivingSecret(context, SecretId)
    return nameOf(changeSecret(context, arn, { resourcePolicy: undefined }))
  },
}
