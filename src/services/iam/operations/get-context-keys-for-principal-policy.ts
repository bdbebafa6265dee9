/** GetContextKeysForPrincipalPolicy: the condition keys that a user's, group's or role's policies and those of the request ask for. */
import type { GetContextKeysForPrincipalPolicyRequest, GetContextKeysForPolicyResponse } from '@aws-sdk/client-iam'
import type { IamOperation } from '../context.ts'
import { readDocument } from '../documents.ts'
import { requireEntity } from '../entities.ts'
import { ARN, check } from '../rules.ts'
import { contextKeyNames } from '../simulation/context-key-names.ts'
import { identityPoliciesOf } from '../simulation/held-policies.ts'
import { onPolicySource } from '../simulation/policy-source.ts'
import { policiesOfInput } from '../simulation/simulated-policies.ts'

export const getContextKeysForPrincipalPolicy: IamOperation<
  GetContextKeysForPrincipalPolicyRequest,
  GetContextKeysForPolicyResponse
> = {
  access: onPolicySource,
  handle: (input, context) => {
    check(input, { PolicySourceArn: ARN })
    const held = identityPoliciesOf(context, requireEntity(context, input.PolicySourceArn))
    const given = policiesOfInput(input.PolicyInputList, 'PolicyInputList')
    const documents = held.map(({ document }) => ({ document: readDocument(document, 'identity') }))
    return { ContextKeyNames: contextKeyNames([...documents, ...given]) }
  },
}
