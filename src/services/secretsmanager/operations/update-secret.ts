/** UpdateSecret: another description or key, or a new current value. */
import type { UpdateSecretRequest, UpdateSecretResponse } from '@aws-sdk/client-secrets-manager'
import { SECRET_DESCRIPTION_LENGTH } from '../../../model/limits.ts'
import { type SecretRecord, secretVersionKey } from '../../../model/secret-records.ts'
import { checkConstraints } from '../../constraints.ts'
import { demandOnSecret } from '../access.ts'
import type { SecretsContext, SecretsOperation } from '../context.ts'
import { nameOf } from '../describe.ts'
import { invalidParameter } from '../faults.ts'
import { changeSecret, getSecret, requireLivingSecret } from '../lookups.ts'
import { CURRENT, PENDING, PREVIOUS } from '../stages.ts'
import { decryptSecret, encryptionDemands, encryptSecret, namedKey, valueOf } from '../values.ts'
import { addVersion, requireToken } from '../versions.ts'

export const updateSecret: SecretsOperation<UpdateSecretRequest, UpdateSecretResponse> = {
  access: (input, context) => {
    const { SecretId: secretId = '', Description, KmsKeyId, ClientRequestToken: token } = input
    const secret = getSecret(context, secretId)
    const encrypts = KmsKeyId !== undefined || input.SecretString !== undefined || input.SecretBinary !== undefined
    return [
      demandOnSecret(context, secretId, { Description, ...namedKey(context, KmsKeyId) }),
      ...(secret && encrypts ? encryptionDemands(context, secret, token) : []),
      ...(secret && KmsKeyId ? encryptionDemands(context, { ...secret, kmsKeyId: KmsKeyId }, token) : []),
    ]
  },
  handle: (input, context) => {
    checkConstraints(input, { Description: { max: SECRET_DESCRIPTION_LENGTH } })
    if (input.Type !== undefined)
      throw invalidParameter('Type is for secrets that partners hold, which there are none of.')
    const plain = valueOf(input)
    const secret = changed(context, requireLivingSecret(context, input.SecretId), input)
    if (plain === undefined) return nameOf(secret)
    const { versionId } = addVersion(context, secret, requireToken(input.ClientRequestToken), plain)
    return { ...nameOf(secret), VersionId: versionId }
  },
}

const changed = (
  context: SecretsContext,
  before: SecretRecord,
  { Description: description = before.description, KmsKeyId: given }: UpdateSecretRequest,
): SecretRecord => {
  // AWS: an empty key id brings back the service's own key.
  const kmsKeyId = given === undefined ? before.kmsKeyId : given || undefined
  const secret = changeSecret(context, before.arn, { description, kmsKeyId })
  if (kmsKeyId !== before.kmsKeyId) encryptAnew(context, secret)
  return secret
}

const LABELS_IN_USE = [CURRENT, PREVIOUS, PENDING]

/** AWS: the versions in use go to the new key, the others stay where they are. */
const encryptAnew = (context: SecretsContext, secret: SecretRecord): void => {
  for (const version of context.tx.secretVersions.find('bySecret', secret.arn)) {
    if (!version.stages.some((stage) => LABELS_IN_USE.includes(stage))) continue
    const encrypted = encryptSecret(context, secret, version.versionId, decryptSecret(context, version))
    context.tx.secretVersions.update(secretVersionKey(secret.arn, version.versionId), encrypted)
  }
}
