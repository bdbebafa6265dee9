/** DeletePolicyVersion: any version of a policy but the one in effect. */
import type { DeletePolicyVersionRequest } from '@aws-sdk/client-iam'
import { onPolicy } from '../access.ts'
import type { IamOperation } from '../context.ts'
import { deleteConflict } from '../faults.ts'
import { requireOwnPolicy, requireVersion } from '../policies.ts'
import { ARN, check, VERSION_ID } from '../rules.ts'

export const deletePolicyVersion: IamOperation<DeletePolicyVersionRequest> = {
  access: onPolicy(),
  handle: (input, context) => {
    check(input, { PolicyArn: ARN, VersionId: VERSION_ID })
    const policy = requireOwnPolicy(context, input.PolicyArn)
    const version = requireVersion(policy, input.VersionId)
    if (version.versionId === policy.defaultVersionId)
      throw deleteConflict('Cannot delete the default version of a policy.')
    const versions = policy.versions.filter((each) => each !== version)
    context.tx.policies.update(policy.arn, { versions, updatedAt: context.now })
    return {}
  },
}
