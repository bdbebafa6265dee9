/** RotateSecret: refused, since rotation is the work of Lambda functions. */
import type { RotateSecretRequest, RotateSecretResponse } from '@aws-sdk/client-secrets-manager'
import { onSecret } from '../access.ts'
import type { SecretsOperation } from '../context.ts'
import { invalidRequest } from '../faults.ts'
import { requireLivingSecret } from '../lookups.ts'

export const rotateSecret: SecretsOperation<RotateSecretRequest, RotateSecretResponse> = {
  access: onSecret(({ RotationLambdaARN, RotateImmediately }) => ({ RotationLambdaARN, RotateImmediately })),
  handle: ({ SecretId, RotationLambdaARN: functionArn }, context) => {
    requireLivingSecret(context, SecretId)
    if (functionArn === undefined)
      throw invalidRequest('No Lambda rotation function ARN is associated with this secret.')
    throw invalidRequest('Secrets are not rotated automatically: there is no AWS Lambda to run the function with.')
  },
}
