/** Keys as the operations of KMS need them: found, and in a state that allows what is asked for. */
import type { KmsKeyRecord } from '../../model/kms-records.ts'
import { aliasOf, checkUsable, requireKmsKey } from '../kms-keys.ts'
import type { KmsContext } from './context.ts'
import { accessDenied, invalidState, notFound } from './faults.ts'

/** The key that an id or key ARN names: operations that change a key take no alias. Throws `NotFoundException`. */
export const requireKeyById = (context: KmsContext, reference = ''): KmsKeyRecord => {
  if (aliasOf(reference) !== undefined) throw notFound(`Invalid keyId '${reference}'`)
  return requireKmsKey(context, reference)
}

/** Likewise, of a key that customers may change. */
export const requireCustomerKey = (context: KmsContext, reference?: string): KmsKeyRecord => {
  const key = requireKeyById(context, reference)
  if (key.managedFor !== undefined)
    throw accessDenied(
      `${key.arn} is an AWS managed key: its state, policy, rotation, tags and aliases cannot be changed.`,
    )
  return key
}

/** Likewise, of one that is not about to be deleted. */
export const requireLivingKey = (context: KmsContext, reference?: string): KmsKeyRecord => {
  const key = requireCustomerKey(context, reference)
  if (key.state === 'PendingDeletion') throw invalidState(`${key.arn} is pending deletion.`)
  return key
}

/** Likewise, of one that is enabled. */
export const requireEnabledKey = (context: KmsContext, reference?: string): KmsKeyRecord => {
  const key = requireCustomerKey(context, reference)
  checkUsable(key)
  return key
}
