/** DeleteInstanceProfile: an instance profile without a role. */
import type { DeleteInstanceProfileRequest } from '@aws-sdk/client-iam'
import { onInstanceProfile } from '../access.ts'
import type { IamOperation } from '../context.ts'
import { deleteConflict } from '../faults.ts'
import { requireInstanceProfile } from '../lookups.ts'
import { check, ENTITY_NAME } from '../rules.ts'

export const deleteInstanceProfile: IamOperation<DeleteInstanceProfileRequest> = {
  access: onInstanceProfile(),
  handle: (input, context) => {
    check(input, { InstanceProfileName: ENTITY_NAME })
    const { key, roleKeys } = requireInstanceProfile(context, input.InstanceProfileName)
    if (roleKeys.length > 0)
      throw deleteConflict('Cannot delete entity, must remove roles from instance profile first.')
    context.tx.instanceProfiles.remove(key)
    return {}
  },
}
