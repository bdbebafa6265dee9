/** Secrets as clients see them; values are not among it. */
import type { SecretListEntry, Tag as TagShape } from '@aws-sdk/client-secrets-manager'
import { dateOf } from '../../kit/timestamps.ts'
import type { Tag } from '../../model/records.ts'
import type { SecretRecord } from '../../model/secret-records.ts'
import type { SecretsContext } from './context.ts'

export const nameOf = ({ arn, name }: SecretRecord): { ARN: string; Name: string } => ({ ARN: arn, Name: name })

/** What ListSecrets and DescribeSecret have in common. */
export const describeSecretRecord = (secret: SecretRecord): Omit<SecretListEntry, 'SecretVersionsToStages'> => ({
  ...nameOf(secret),
  ...(secret.description !== undefined && { Description: secret.description }),
  ...(secret.kmsKeyId !== undefined && { KmsKeyId: secret.kmsKeyId }),
  CreatedDate: dateOf(secret.createdAt),
  LastChangedDate: dateOf(secret.changedAt),
  ...(secret.accessedAt !== undefined && { LastAccessedDate: dateOf(secret.accessedAt) }),
  ...(secret.deletedAt !== undefined && { DeletedDate: dateOf(secret.deletedAt) }),
  ...(secret.tags.length > 0 && { Tags: secret.tags.map(describeTag) }),
})

/** Labels of the versions that have some; undefined if there is none. */
export const versionsToStages = (
  { tx }: SecretsContext,
  { arn }: SecretRecord,
): Record<string, string[]> | undefined => {
  const labelled = tx.secretVersions.find('bySecret', arn).filter(({ stages }) => stages.length > 0)
  if (labelled.length === 0) return undefined
  return Object.fromEntries(labelled.map(({ versionId, stages }) => [versionId, [...stages]]))
}

const describeTag = ({ key, value }: Tag): TagShape => ({ Key: key, Value: value })

export const tagsOf = (tags: readonly TagShape[] | undefined): readonly Tag[] =>
  (tags ?? []).map(({ Key = '', Value = '' }) => ({ key: Key, value: Value }))
