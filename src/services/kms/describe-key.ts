/** A key as clients see it. */
import type { KeyMetadata } from '@aws-sdk/client-kms'
import { dateOf } from '../../kit/timestamps.ts'
import type { KmsKeyRecord } from '../../model/kms-records.ts'

export const describeKeyRecord = (key: KmsKeyRecord): KeyMetadata => ({
  AWSAccountId: key.account,
  KeyId: key.keyId,
  Arn: key.arn,
  CreationDate: dateOf(key.createdAt),
  Enabled: key.state === 'Enabled',
  Description: key.description,
  KeyUsage: 'ENCRYPT_DECRYPT',
  KeyState: key.state,
  ...(key.deletionDueAt !== undefined && { DeletionDate: dateOf(key.deletionDueAt) }),
  Origin: 'AWS_KMS',
  KeyManager: key.managedFor === undefined ? 'CUSTOMER' : 'AWS',
  CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT',
  KeySpec: 'SYMMETRIC_DEFAULT',
  EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
  MultiRegion: false,
  CurrentKeyMaterialId: key.currentMaterialId,
})
