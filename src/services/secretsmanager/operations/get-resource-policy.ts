/** GetResourcePolicy: the policy of a secret, as it was put. */
import type { GetResourcePolicyRequest, GetResourcePolicyResponse } from '@aws-sdk/client-secrets-manager'
import { onSecret } from '../access.ts'
import type { SecretsOperation } from '../context.ts'
import { nameOf } from '../describe.ts'
import { requireLivingSecret } from '../lookups.ts'

export const getResourcePolicy: SecretsOperation<GetResourcePolicyRequest, GetResourcePolicyResponse> = {
  access: onSecret(),
  handle: ({ SecretId }, context) => {
    const secret = requireLivingSecret(context, SecretId)
    return { ...nameOf(secret), ...(secret.resourcePolicy !== undefined && { ResourcePolicy: secret.resourcePolicy }) }
  },
}
