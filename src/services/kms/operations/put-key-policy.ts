/** PutKeyPolicy: who may do what with the key. */
import type { PutKeyPolicyCommandOutput, PutKeyPolicyRequest } from '@aws-sdk/client-kms'
import { onKey } from '../access.ts'
import type { KmsOperation } from '../context.ts'
import { notFound } from '../faults.ts'
import { bypassContext, checkKeyPolicy, checkLockout, POLICY_NAME } from '../key-policies.ts'
import { requireCustomerKey } from '../lookups.ts'

export const putKeyPolicy: KmsOperation<PutKeyPolicyRequest, Partial<PutKeyPolicyCommandOutput>> = {
  access: onKey((input) => ({ context: bypassContext(input) })),
  handle: (input, context) => {
    const { KeyId, PolicyName: name = POLICY_NAME, Policy: policy = '' } = input
    const { keyId } = requireCustomerKey(context, KeyId)
    if (name !== POLICY_NAME) throw notFound('No such policy exists')
    checkKeyPolicy(policy)
    const key = context.tx.kmsKeys.update(keyId, { policy })
    checkLockout(context, key, input.BypassPolicyLockoutSafetyCheck)
    return {}
  },
}
