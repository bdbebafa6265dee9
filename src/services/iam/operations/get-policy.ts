/** GetPolicy: a managed policy, its tags and what it is used for; its documents are its versions'. */
import type { GetPolicyRequest, GetPolicyResponse } from '@aws-sdk/client-iam'
import { onPolicy } from '../access.ts'
import type { IamOperation } from '../context.ts'
import { describeDetails, describePolicy, policyUsages, requirePolicy } from '../policies.ts'
import { ARN, check } from '../rules.ts'

export const getPolicy: IamOperation<GetPolicyRequest, GetPolicyResponse> = {
  access: onPolicy(),
  handle: (input, context) => {
    check(input, { PolicyArn: ARN })
    const policy = requirePolicy(context, input.PolicyArn)
    const usage = policyUsages(context)(policy.arn)
    return { Policy: { ...describePolicy(policy, usage), ...describeDetails(policy) } }
  },
}
