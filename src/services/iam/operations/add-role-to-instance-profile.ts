/** AddRoleToInstanceProfile: gives an instance profile its role. */
import type { AddRoleToInstanceProfileRequest } from '@aws-sdk/client-iam'
import { roleArn } from '../../../model/arn.ts'
import { ROLES_PER_INSTANCE_PROFILE } from '../../../model/limits.ts'
import { onInstanceProfile } from '../access.ts'
import type { IamOperation } from '../context.ts'
import { quotaExceeded } from '../faults.ts'
import { getRole, requireInstanceProfile, requireModifiableRole } from '../lookups.ts'
import { check, ENTITY_NAME, ROLE_NAME } from '../rules.ts'

export const addRoleToInstanceProfile: IamOperation<AddRoleToInstanceProfileRequest> = {
  access: (input, context) => {
    const { RoleName: name = '' } = input
    const resource = getRole(context, name)?.arn ?? roleArn(context.account, name)
    const passed = { action: 'iam:PassRole', resource, context: { 'iam:passedtoservice': ['ec2.amazonaws.com'] } }
    return [...onInstanceProfile<AddRoleToInstanceProfileRequest>()(input, context), passed]
  },
  handle: (input, context) => {
    check(input, { InstanceProfileName: ENTITY_NAME, RoleName: ROLE_NAME })
    const { key, roleKeys } = requireInstanceProfile(context, input.InstanceProfileName)
    const role = requireModifiableRole(context, input.RoleName)
    if (roleKeys.length >= ROLES_PER_INSTANCE_PROFILE)
      throw quotaExceeded('InstanceSessionsPerInstanceProfile', ROLES_PER_INSTANCE_PROFILE)
    context.tx.instanceProfiles.update(key, { roleKeys: [...roleKeys, role.key] })
    return {}
  },
}
