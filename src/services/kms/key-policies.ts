/** Key policies that callers write: their grammar, and that the caller does not lock itself out. */
import { MalformedPolicy } from '../../model/policy/malformed-policy.ts'
import { parsePolicyDocument } from '../../model/policy/parse.ts'
import { KMS_POLICY } from '../../model/limits.ts'
import type { KmsKeyRecord } from '../../model/kms-records.ts'
import { AccessDenied } from '../../wire/access-denied.ts'
import { checkConstraints } from '../constraints.ts'
import { keyDemand } from '../kms-demands.ts'
import type { KmsContext } from './context.ts'
import { malformedPolicy } from './faults.ts'

/** AWS: a key has one policy, of this name. */
export const POLICY_NAME = 'default'

export const checkKeyPolicy = (policy: string): void => {
  checkConstraints({ policy }, { policy: KMS_POLICY })
  try {
    parsePolicyDocument(policy, 'resource')
  } catch (error) {
    if (error instanceof MalformedPolicy) throw malformedPolicy(error.message)
    throw error
  }
}

/** AWS: unless it is told otherwise, KMS takes no policy that would keep the caller from putting another. */
export const checkLockout = (context: KmsContext, key: KmsKeyRecord, isBypassed = false): void => {
  if (isBypassed || !context.guard.applies(context)) return
  try {
    context.guard.check(context.tx, context, [{ ...keyDemand(context, key, {}), action: 'kms:PutKeyPolicy' }])
  } catch (error) {
    if (!(error instanceof AccessDenied)) throw error
    throw malformedPolicy('The new key policy will not allow you to update the key policy in the future.')
  }
}

export const bypassContext = (input: { readonly BypassPolicyLockoutSafetyCheck?: boolean | undefined }) => ({
  'kms:bypasspolicylockoutsafetycheck': [String(input.BypassPolicyLockoutSafetyCheck ?? false)],
})
