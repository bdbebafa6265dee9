/**
 * What the store holds of KMS. A key is found by its id, which is unique everywhere; what it encrypts with stands in a table of its own,
 * one row per rotation, so that what was encrypted before a rotation can still be decrypted. Times are milliseconds since the epoch.
 */
import type { GrantOperation } from '@aws-sdk/client-kms'
import type { Sealed } from '../kit/sealing.ts'
import type { Tag } from './records.ts'

export type KmsKeyState = 'Enabled' | 'Disabled' | 'PendingDeletion'

export interface KmsKeyRecord {
  /** A UUID. */
  readonly keyId: string
  readonly arn: string
  readonly account: string
  readonly region: string
  readonly createdAt: number
  readonly description: string
  readonly state: KmsKeyState
  /** When the key and its material are deleted; of keys that are to be deleted. */
  readonly deletionDueAt?: number
  /** The service that an AWS managed key is for, e.g. `secretsmanager`; customer managed keys have none. */
  readonly managedFor?: string
  /** The key policy, as it was sent. */
  readonly policy: string
  /** The material that encrypts. */
  readonly currentMaterialId: string
  /** Automatic rotation, while it is on. */
  readonly rotation?: { readonly periodDays: number; readonly dueAt: number }
  readonly tags: readonly Tag[]
}

/** Why nothing may be encrypted or decrypted with the key now, and what KMS calls it; undefined if there is no reason. */
export const keyProblem = ({
  state,
  arn,
}: Pick<KmsKeyRecord, 'state' | 'arn'>): { readonly code: string; readonly message: string } | undefined => {
  switch (state) {
    case 'Enabled':
      return undefined
    case 'Disabled':
      return { code: 'DisabledException', message: `${arn} is disabled.` }
    case 'PendingDeletion':
      return { code: 'KMSInvalidStateException', message: `${arn} is pending deletion.` }
  }
}

export interface KmsKeyMaterialRecord {
  /** 64 hexadecimal digits. */
  readonly materialId: string
  readonly keyId: string
  /** 32 bytes. */
  readonly sealedMaterial: Sealed
  /** When it became the current one. */
  readonly since: number
  /** How it came to replace the one before; the first replaced none. */
  readonly rotationType?: 'AUTOMATIC' | 'ON_DEMAND'
}

export const keyMaterialPurpose = ({ keyId, materialId }: Pick<KmsKeyMaterialRecord, 'keyId' | 'materialId'>): string =>
  `kmsKeyMaterial/${keyId}/${materialId}`

export interface KmsAliasRecord {
  readonly arn: string
  /** `alias/…` */
  readonly aliasName: string
  readonly targetKeyId: string
  readonly createdAt: number
  readonly updatedAt: number
}

/** What a key's policy would have to say for one principal, given by itself and taken back by itself. */
export interface KmsGrantRecord {
  /** 64 hexadecimal digits. */
  readonly grantId: string
  readonly keyId: string
  readonly name?: string
  /** ARN of who may do it, or the name of a service. */
  readonly granteePrincipal: string
  /** Who else may end it, likewise. */
  readonly retiringPrincipal?: string
  /** Names of operations, e.g. `Decrypt`. */
  readonly operations: readonly GrantOperation[]
  readonly constraint?: KmsGrantConstraint
  readonly issuingAccount: string
  readonly createdAt: number
}

/** Which encryption contexts a grant is for: those that have these pairs, or those that have no others either. */
export interface KmsGrantConstraint {
  readonly kind: 'subset' | 'equals'
  readonly pairs: Readonly<Record<string, string>>
}

/** A value encrypted under a KMS key by way of a data key of its own. All members but the key's ARN are base64. */
export interface EncryptedValue {
  readonly keyArn: string
  /** The data key, as KMS encrypted it. */
  readonly dataKey: string
  readonly content: string
}
