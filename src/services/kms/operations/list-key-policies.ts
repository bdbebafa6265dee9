/** ListKeyPolicies: a key has one policy, and it is named `default`. */
import type { ListKeyPoliciesRequest, ListKeyPoliciesResponse } from '@aws-sdk/client-kms'
import { onKey } from '../access.ts'
import type { KmsOperation } from '../context.ts'
import { POLICY_NAME } from '../key-policies.ts'
import { requireKeyById } from '../lookups.ts'
import { page } from '../page.ts'

export const listKeyPolicies: KmsOperation<ListKeyPoliciesRequest, ListKeyPoliciesResponse> = {
  access: onKey(),
  handle: (input, context) => {
    const { keyId } = requireKeyById(context, input.KeyId)
    const { items, rest } = page(context, `ListKeyPolicies/${keyId}`, [POLICY_NAME], input, (name) => name)
    return { PolicyNames: [...items], ...rest }
  },
}
