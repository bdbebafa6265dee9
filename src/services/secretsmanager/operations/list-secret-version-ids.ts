/** ListSecretVersionIds: the versions of a secret, the latest first; those without labels if they are asked for. */
import type {
  ListSecretVersionIdsRequest,
  ListSecretVersionIdsResponse,
  SecretVersionsListEntry,
} from '@aws-sdk/client-secrets-manager'
import { dateOf } from '../../../kit/timestamps.ts'
import type { SecretVersionRecord } from '../../../model/secret-records.ts'
import { onSecret } from '../access.ts'
import type { SecretsContext, SecretsOperation } from '../context.ts'
import { nameOf } from '../describe.ts'
import { requireSecret } from '../lookups.ts'
import { page } from '../page.ts'

export const listSecretVersionIds: SecretsOperation<ListSecretVersionIdsRequest, ListSecretVersionIdsResponse> = {
  access: onSecret(),
  handle: (input, context) => {
    const { SecretId: secretId, IncludeDeprecated: isWhole = false } = input
    const secret = requireSecret(context, secretId)
    const versions = context.tx.secretVersions
      .find('bySecret', secret.arn)
      .filter(({ stages }) => isWhole || stages.length > 0)
    const scope = `ListSecretVersionIds/${secret.arn}/${isWhole}`
    const { items, rest } = page(context, scope, versions, input, byCreation, { descending: true })
    return { ...nameOf(secret), Versions: items.map((version) => describeVersion(context, version)), ...rest }
  },
}

const byCreation = ({ createdAt, versionId }: SecretVersionRecord): string =>
  `${String(createdAt).padStart(16, '0')}/${versionId}`

const describeVersion = (
  { tx }: SecretsContext,
  { versionId, stages, createdAt, accessedAt, value }: SecretVersionRecord,
): SecretVersionsListEntry => {
  const keyId = value.keyArn.slice(value.keyArn.lastIndexOf('/') + 1)
  // AWS: the service's own key goes by this name.
  const isOwnKey = tx.kmsKeys.get(keyId)?.managedFor === 'secretsmanager'
  return {
    VersionId: versionId,
    ...(stages.length > 0 && { VersionStages: [...stages] }),
    CreatedDate: dateOf(createdAt),
    ...(accessedAt !== undefined && { LastAccessedDate: dateOf(accessedAt) }),
    KmsKeyIds: [isOwnKey ? 'DefaultEncryptionKey' : value.keyArn],
  }
}
