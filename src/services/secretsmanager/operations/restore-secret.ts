/** RestoreSecret: the secret is not deleted after all. */
import type { RestoreSecretRequest, RestoreSecretResponse } from '@aws-sdk/client-secrets-manager'
import { onSecret } from '../access.ts'
import type { SecretsOperation } from '../context.ts'
import { nameOf } from '../describe.ts'
import { changeSecret, requireSecret } from '../lookups.ts'

export const restoreSecret: SecretsOperation<RestoreSecretRequest, RestoreSecretResponse> = {
  access: onSecret(),
  handle: ({ SecretId }, context) => {
    const secret = requireSecret(context, SecretId)
    if (secret.deletionDueAt !== undefined)
      changeSecret(context, secret.arn, { deletedAt: undefined, deletionDueAt: undefined })
    return nameOf(secret)
  },
}
