/** CancelRotateSecret: refused, since no secret is ever rotated automatically. */
import type { CancelRotateSecretRequest, CancelRotateSecretResponse } from '@aws-sdk/client-secrets-manager'
import { onSecret } from '../access.ts'
import type { SecretsOperation } from '../context.ts'
import { invalidRequest } from '../faults.ts'
import { requireLivingSecret } from '../lookups.ts'

export const cancelRotateSecret: SecretsOperation<CancelRotateSecretRequest, CancelRotateSecretResponse> = {
  access: onSecret(),
  handle: ({ SecretId }, context) => {
    requireLivingSecret(context, SecretId)
    throw invalidRequest("You tried to cancel rotation for a secret that doesn't have rotation enabled.")
  },
}
