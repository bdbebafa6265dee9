/** UpdateAssumeRolePolicy: another trust policy. Sessions that were begun under the old one go on. */
import type { UpdateAssumeRolePolicyRequest } from '@aws-sdk/client-iam'
import { onRole } from '../access.ts'
import type { IamOperation } from '../context.ts'
import { requireModifiableRole } from '../lookups.ts'
import { checkedTrustPolicy } from '../roles.ts'
import { check, POLICY_DOCUMENT, ROLE_NAME } from '../rules.ts'

export const updateAssumeRolePolicy: IamOperation<UpdateAssumeRolePolicyRequest> = {
  access: onRole(),
  handle: (input, context) => {
    check(input, { RoleName: ROLE_NAME, PolicyDocument: POLICY_DOCUMENT })
    const { key } = requireModifiableRole(context, input.RoleName)
    const assumeRolePolicyDocument = checkedTrustPolicy(context, input.PolicyDocument ?? '')
    context.tx.roles.update(key, { assumeRolePolicyDocument })
    return {}
  },
}
