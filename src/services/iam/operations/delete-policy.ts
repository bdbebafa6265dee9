/** DeletePolicy: a customer managed policy that nobody has, with its last version. */
import type { DeletePolicyRequest } from '@aws-sdk/client-iam'
import { onPolicy } from '../access.ts'
import type { IamOperation } from '../context.ts'
import { deleteConflict } from '../faults.ts'
import { policyUsages, requireOwnPolicy } from '../policies.ts'
import { ARN, check } from '../rules.ts'

const MORE_VERSIONS =
  "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy."

export const deletePolicy: IamOperation<DeletePolicyRequest> = {
  access: onPolicy(),
  handle: (input, context) => {
    check(input, { PolicyArn: ARN })
    const { arn, versions } = requireOwnPolicy(context, input.PolicyArn)
    const { attachments, boundaries } = policyUsages(context)(arn)
    if (attachments + boundaries > 0) throw deleteConflict('Cannot delete a policy attached to entities.')
    if (versions.length > 1) throw deleteConflict(MORE_VERSIONS)
    context.tx.policies.remove(arn)
    return {}
  },
}
