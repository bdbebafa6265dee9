/**
 * Keys of KMS that customers choose for repositories, and what callers must be allowed to do with them: the registry uses a key by a grant, which
 * who makes a repository gives it. https://docs.aws.amazon.com/AmazonECR/latest/userguide/encryption-at-rest.html
 */
import type { EncryptionConfiguration } from '@aws-sdk/client-ecr'
import type { ChosenEncryption, RepositoryRecord } from '../../model/image-records.ts'
import type { KmsKeyRecord } from '../../model/kms-records.ts'
import { REGISTRY_OPERATIONS, registryPrincipal } from '../../store/images/repository-key.ts'
import { Fault } from '../../wire/fault.ts'
import { checkConstraints } from '../constraints.ts'
import { keyDemand } from '../kms-demands.ts'
import { aliasOf, managedKey, requireKmsKey } from '../kms-keys.ts'
import type { Demand } from '../operations.ts'
import type { EcrContext } from './context.ts'
import { invalidParameter, kmsException } from './faults.ts'

const SERVICE = 'ecr'

/** What is to be encrypted with; undefined for the registry's own key. Throws `InvalidParameterException` and `KmsException`. */
export const checkedEncryption = (
  context: EcrContext,
  { encryptionType, kmsKey }: EncryptionConfiguration,
): ChosenEncryption | undefined => {
  checkConstraints({ encryptionType }, { encryptionType: { oneOf: ['AES256', 'KMS', 'KMS_DSSE'] } }, invalidParameter)
  if (encryptionType === 'KMS' || encryptionType === 'KMS_DSSE')
    return { type: encryptionType, keyArn: orKmsException(() => requireKey(context, kmsKey)).arn }
  if (kmsKey !== undefined)
    throw invalidParameter('kmsKey can be given with the encryption types KMS and KMS_DSSE alone.')
  return undefined
}

/** What a caller needs who has the registry use a key of the account's. For a key that does not exist there is nothing to ask for. */
export const encryptionDemands = (
  context: EcrContext,
  { encryptionType, kmsKey }: Partial<EncryptionConfiguration> = {},
): readonly Demand[] => {
  if (kmsKey === undefined || encryptionType === 'AES256') return []
  const key = existing(() => requireKmsKey(context, kmsKey))
  if (key === undefined || key.managedFor !== undefined) return []
  const requestAlias = aliasOf(kmsKey)
  const access = { via: SERVICE, ...(requestAlias !== undefined && { requestAlias }) }
  return [
    keyDemand(context, key, { ...access, action: 'kms:DescribeKey' }),
    keyDemand(context, key, { ...access, action: 'kms:CreateGrant', context: grantContext(context) }),
  ]
}

/** AWS: who deletes a repository ends the registry's grant. */
export const retiringDemands = (context: EcrContext, repository: RepositoryRecord | undefined): readonly Demand[] => {
  const { tx } = context
  const grant = tx.kmsGrants.get(repository?.encryption?.grantId ?? '')
  const key = grant && tx.kmsKeys.get(grant.keyId)
  return key === undefined ? [] : [keyDemand(context, key, { action: 'kms:RetireGrant', via: SERVICE })]
}

const grantContext = ({ region }: EcrContext) => ({
  'kms:grantisforawsresource': ['true'],
  'kms:grantoperations': [...REGISTRY_OPERATIONS],
  'kms:granteeprincipal': [registryPrincipal(region)],
  'kms:retiringprincipal': [registryPrincipal(region)],
  'kms:grantconstrainttype': ['EncryptionContextSubset'],
})

/** AWS: the key that another service has in an account serves that service alone. */
const requireKey = (context: EcrContext, kmsKey: string | undefined): KmsKeyRecord => {
  const key = kmsKey === undefined ? managedKey(context, SERVICE) : requireKmsKey(context, kmsKey)
  if (key.managedFor === undefined || key.managedFor === SERVICE) return key
  throw new Fault({ code: 'AccessDeniedException', message: `${key.arn} is for ${key.managedFor} alone.` })
}

const orKmsException = <T>(work: () => T): T => {
  try {
    return work()
  } catch (error) {
    throw error instanceof Fault ? kmsException(error.message, { kmsError: error.code }) : error
  }
}

const existing = <T>(find: () => T): T | undefined => {
  try {
    return find()
  } catch (error) {
    if (error instanceof Fault) return undefined
    throw error
  }
}
