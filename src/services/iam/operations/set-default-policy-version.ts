/** SetDefaultPolicyVersion: puts another version of a policy into effect. */
import type { SetDefaultPolicyVersionRequest } from '@aws-sdk/client-iam'
import { onPolicy } from '../access.ts'
import type { IamOperation } from '../context.ts'
import { requireOwnPolicy, requireVersion } from '../policies.ts'
import { ARN, check, VERSION_ID } from '../rules.ts'

export const setDefaultPolicyVersion: IamOperation<SetDefaultPolicyVersionRequest> = {
  access: onPolicy(),
  handle: (input, context) => {
    check(input, { PolicyArn: ARN, VersionId: VERSION_ID })
    const policy = requireOwnPolicy(context, input.PolicyArn)
    const { versionId } = requireVersion(policy, input.VersionId)
    context.tx.policies.update(policy.arn, { defaultVersionId: versionId, updatedAt: context.now })
    return {}
  },
}
