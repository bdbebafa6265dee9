/** GetSecretValue: the current value of a secret, or that of a version. */
import type { GetSecretValueRequest, GetSecretValueResponse } from '@aws-sdk/client-secrets-manager'
import { dateOf } from '../../../kit/timestamps.ts'
import type { SecretRecord, SecretVersionRecord } from '../../../model/secret-records.ts'
import type { Demand } from '../../operations.ts'
import { demandOnSecret } from '../access.ts'
import type { SecretsContext, SecretsOperation } from '../context.ts'
import { nameOf } from '../describe.ts'
import { getSecret, requireLivingSecret } from '../lookups.ts'
import { decryptionDemands, decryptSecret, describeValue, noteAccess } from '../values.ts'
import { requireWantedVersion, type WantedVersion, wantedVersion } from '../versions.ts'

export const getSecretValue: SecretsOperation<GetSecretValueRequest, GetSecretValueResponse> = {
  access: (input, context) => readDemands(context, input.SecretId ?? '', input),
  handle: (input, context) => {
    const secret = requireLivingSecret(context, input.SecretId)
    return readValue(context, secret, requireWantedVersion(context, secret, input))
  },
}

/** What a caller needs to read a version of a secret. */
export const readDemands = (context: SecretsContext, secretId: string, wanted: WantedVersion): readonly Demand[] => {
  const secret = getSecret(context, secretId)
  const version = secret && wantedVersion(context, secret, wanted)
  return [
    demandOnSecret(context, secretId, {
      VersionId: wanted.VersionId,
      // AWS: all labels of the version that is read, whichever it was asked for by.
      VersionStage: version?.stages ?? wanted.VersionStage,
    }),
    ...(version === undefined ? [] : decryptionDemands(context, version)),
  ]
}

export const readValue = (
  context: SecretsContext,
  secret: SecretRecord,
  version: SecretVersionRecord,
): GetSecretValueResponse => {
  const plain = decryptSecret(context, version)
  noteAccess(context, version)
  return {
    ...nameOf(secret),
    VersionId: version.versionId,
    ...describeValue(plain),
    VersionStages: [...version.stages],
    CreatedDate: dateOf(version.createdAt),
  }
}
