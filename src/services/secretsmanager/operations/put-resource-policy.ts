/** PutResourcePolicy: who may do what with the secret, beside what their own policies say. */
import type { PutResourcePolicyRequest, PutResourcePolicyResponse } from '@aws-sdk/client-secrets-manager'
import { onSecret } from '../access.ts'
import type { SecretsOperation } from '../context.ts'
import { nameOf } from '../describe.ts'
import { changeSecret, requireLivingSecret } from '../lookups.ts'
import { checkNotPublic, checkPolicy } from '../resource-policies.ts'

export const putResourcePolicy: SecretsOperation<PutResourcePolicyRequest, PutResourcePolicyResponse> = {
  access: onSecret(({ BlockPublicPolicy }) => ({ BlockPublicPolicy })),
  handle: ({ SecretId, ResourcePolicy: resourcePolicy = '', BlockPublicPolicy: isBlocked = false }, context) => {
    const { arn } = requireLivingSecret(context, SecretId)
    checkPolicy(resourcePolicy)
    if (isBlocked) checkNotPublic(resourcePolicy)
    return nameOf(changeSecret(context, arn, { resourcePolicy }))
  },
}
