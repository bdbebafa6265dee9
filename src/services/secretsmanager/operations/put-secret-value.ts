/** PutSecretValue: a new version, the current one unless the request labels it otherwise. */
import type { PutSecretValueRequest, PutSecretValueResponse } from '@aws-sdk/client-secrets-manager'
import { demandOnSecret } from '../access.ts'
import type { SecretsOperation } from '../context.ts'
import { nameOf } from '../describe.ts'
import { invalidParameter } from '../faults.ts'
import { changeSecret, getSecret, requireLivingSecret } from '../lookups.ts'
import { encryptionDemands, valueOf } from '../values.ts'
import { addVersion, requireToken } from '../versions.ts'

export const putSecretValue: SecretsOperation<PutSecretValueRequest, PutSecretValueResponse> = {
  access: ({ SecretId: secretId = '', ClientRequestToken: token, VersionStages: stages }, context) => {
    const secret = getSecret(context, secretId)
    return [
      demandOnSecret(context, secretId, { VersionStage: stages }),
      ...(secret === undefined ? [] : encryptionDemands(context, secret, token)),
    ]
  },
  handle: (input, context) => {
    if (input.RotationToken !== undefined)
      throw invalidParameter('RotationToken is for rotation functions, which there are none of.')
    const plain = valueOf(input)
    if (plain === undefined) throw invalidParameter('You must provide either SecretString or SecretBinary.')
    const secret = requireLivingSecret(context, input.SecretId)
    const token = requireToken(input.ClientRequestToken)
    const { versionId, stages } = addVersion(context, secret, token, plain, input.VersionStages)
    changeSecret(context, secret.arn)
    return { ...nameOf(secret), VersionId: versionId, VersionStages: [...stages] }
  },
}
