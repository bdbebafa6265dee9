/** CreatePolicyVersion: another document for a policy, which takes effect once it is the default version. */
import type { CreatePolicyVersionRequest, CreatePolicyVersionResponse } from '@aws-sdk/client-iam'
import { onPolicy } from '../access.ts'
import type { IamOperation } from '../context.ts'
import { describeVersion, requireOwnPolicy } from '../policies.ts'
import { ARN, check, POLICY_DOCUMENT } from '../rules.ts'
import { checkedManagedDocument, nextVersion } from '../versions.ts'

export const createPolicyVersion: IamOperation<CreatePolicyVersionRequest, CreatePolicyVersionResponse> = {
  access: onPolicy(),
  handle: (input, context) => {
    check(input, { PolicyArn: ARN, PolicyDocument: POLICY_DOCUMENT })
    const policy = requireOwnPolicy(context, input.PolicyArn)
    const version = nextVersion(policy, checkedManagedDocument(input.PolicyDocument), context.now)
    const updated = context.tx.policies.update(policy.arn, {
      versions: [...policy.versions, version],
      latestVersionNumber: policy.latestVersionNumber + 1,
      updatedAt: context.now,
      ...(input.SetAsDefault === true && { defaultVersionId: version.versionId }),
    })
    return { PolicyVersion: describeVersion(updated, version) }
  },
}
