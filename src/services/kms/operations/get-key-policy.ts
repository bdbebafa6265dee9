/** GetKeyPolicy: the key's policy, as it was put. */
import type { GetKeyPolicyRequest, GetKeyPolicyResponse } from '@aws-sdk/client-kms'
import { onKey } from '../access.ts'
import type { KmsOperation } from '../context.ts'
import { notFound } from '../faults.ts'
import { POLICY_NAME } from '../key-policies.ts'
import { requireKeyById } from '../lookups.ts'

export const getKeyPolicy: KmsOperation<GetKeyPolicyRequest, GetKeyPolicyResponse> = {
  access: onKey(),
  handle: ({ KeyId, PolicyName: name = POLICY_NAME }, context) => {
    const { policy } = requireKeyById(context, KeyId)
    if (name !== POLICY_NAME) throw notFound('No such policy exists')
    return { Policy: policy, PolicyName: POLICY_NAME }
  },
}
