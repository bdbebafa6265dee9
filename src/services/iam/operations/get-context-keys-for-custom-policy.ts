/** GetContextKeysForCustomPolicy: the condition keys that policies of the request ask for. */
import type { GetContextKeysForCustomPolicyRequest, GetContextKeysForPolicyResponse } from '@aws-sdk/client-iam'
import { onAnything } from '../access.ts'
import type { IamOperation } from '../context.ts'
import { contextKeyNames } from '../simulation/context-key-names.ts'
import { policiesOfInput } from '../simulation/simulated-policies.ts'

export const getContextKeysForCustomPolicy: IamOperation<
  GetContextKeysForCustomPolicyRequest,
  GetContextKeysForPolicyResponse
> = {
  access: onAnything,
  handle: (input) => ({
    ContextKeyNames: contextKeyNames(policiesOfInput(input.PolicyInputList, 'PolicyInputList')),
  }),
}
