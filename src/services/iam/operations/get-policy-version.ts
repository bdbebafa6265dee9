/** GetPolicyVersion: one version of a managed policy, with its document. */
import type { GetPolicyVersionRequest, GetPolicyVersionResponse } from '@aws-sdk/client-iam'
import { onPolicy } from '../access.ts'
import type { IamOperation } from '../context.ts'
import { describeVersionWithDocument, requirePolicy, requireVersion } from '../policies.ts'
import { ARN, check, VERSION_ID } from '../rules.ts'

export const getPolicyVersion: IamOperation<GetPolicyVersionRequest, GetPolicyVersionResponse> = {
  access: onPolicy(),
  handle: (input, context) => {
    check(input, { PolicyArn: ARN, VersionId: VERSION_ID })
    const policy = requirePolicy(context, input.PolicyArn)
    const version = requireVersion(policy, input.VersionId)
    return { PolicyVersion: describeVersionWithDocument(policy, version) }
  },
}
