/**
 * What the store holds of Secrets Manager: a secret, and its versions in a table of their own. Their values lie encrypted under the KMS
 * key of the secret. Times are milliseconds since the epoch.
 */
import type { EncryptedValue } from './kms-records.ts'
import type { Tag } from './records.ts'

/** Index value of a secret's name. */
export const secretNameKey = (region: string, account: string, name: string): string => `${region}/${account}/${name}`

export interface SecretRecord {
  /** Ends in the name, a hyphen and six random characters. */
  readonly arn: string
  readonly account: string
  readonly region: string
  readonly name: string
  readonly description?: string
  /** As it was given: id, ARN or alias of a KMS key. Without it, the key is `alias/aws/secretsmanager`. */
  readonly kmsKeyId?: string
  readonly resourcePolicy?: string
  readonly createdAt: number
  readonly changedAt: number
  /** The day on which a value was last read, at midnight UTC. */
  readonly accessedAt?: number
  /** When the deletion was asked for; of secrets that wait for it. */
  readonly deletedAt?: number
  /** When the secret is deleted for good. */
  readonly deletionDueAt?: number
  readonly tags: readonly Tag[]
}

export interface SecretVersionRecord {
  readonly secretArn: string
  readonly versionId: string
  readonly createdAt: number
  /** As of `SecretRecord`. */
  readonly accessedAt?: number
  /** Labels such as `AWSCURRENT`; a label is at one version of a secret only. A version without any is deprecated. */
  readonly stages: readonly string[]
  readonly kind: 'string' | 'binary'
  readonly value: EncryptedValue
}

/** Key of a version. */
export const secretVersionKey = (secretArn: string, versionId: string): string => `${secretArn}/${versionId}`
