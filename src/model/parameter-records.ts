/**
 * What the store holds of Parameter Store: a parameter, and its versions in a table of their own. Values of type SecureString lie
 * encrypted under a KMS key. Times are milliseconds since the epoch.
 */
import type { EncryptedValue } from './kms-records.ts'
import type { Tag } from './records.ts'

/** Index value of an account's parameters in a region. */
export const parameterRegionKey = (region: string, account: string): string => `${region}/${account}`

/** Counter value of an account's parameters of a tier in a region. */
export const parameterTierKey = (region: string, account: string, tier: ParameterTier): string =>
  `${region}/${account}/${tier}`

const VERSION_DIGITS = 10

/** Keys of one parameter's versions are in the order of their numbers. */
export const parameterVersionKey = (arn: string, version: number): string =>
  `${arn}:${String(version).padStart(VERSION_DIGITS, '0')}`

export type ParameterTier = 'Standard' | 'Advanced'
export type ParameterType = 'String' | 'StringList' | 'SecureString'

export interface ParameterRecord {
  /** Ends in the name, without its leading slash. */
  readonly arn: string
  readonly account: string
  readonly region: string
  readonly name: string
  readonly tier: ParameterTier
  readonly latestVersion: number
  /** Each label is on one version. */
  readonly labels: readonly ParameterLabel[]
  /** From then on the parameter is not there any more. */
  readonly expiresAt?: number
  readonly tags: readonly Tag[]
}

export interface ParameterLabel {
  readonly label: string
  readonly version: number
}

export interface ParameterVersionRecord {
  readonly arn: string
  readonly version: number
  readonly type: ParameterType
  /** Encrypted if the type is SecureString. */
  readonly value: string | EncryptedValue
  /** As it was given, or `alias/aws/ssm`; of a SecureString. */
  readonly keyId?: string
  readonly description?: string
  readonly allowedPattern?: string
  readonly tier: ParameterTier
  readonly dataType: string
  /** As they were sent, each as JSON. */
  readonly policies: readonly ParameterPolicyRecord[]
  readonly modifiedAt: number
  /** ARN of the identity that made the version. */
  readonly modifiedBy: string
}

export interface ParameterPolicyRecord {
  readonly type: string
  readonly text: string
}
