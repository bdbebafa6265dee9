/** GetInstanceProfile: an instance profile and its role. */
import type { GetInstanceProfileRequest, GetInstanceProfileResponse } from '@aws-sdk/client-iam'
import { onInstanceProfile } from '../access.ts'
import type { IamOperation } from '../context.ts'
import { describeProfile } from '../describe.ts'
import { requireInstanceProfile } from '../lookups.ts'
import { check, ENTITY_NAME } from '../rules.ts'

export const getInstanceProfile: IamOperation<GetInstanceProfileRequest, GetInstanceProfileResponse> = {
  access: onInstanceProfile(),
  handle: (input, context) => {
    check(input, { InstanceProfileName: ENTITY_NAME })
    return { InstanceProfile: describeProfile(context, requireInstanceProfile(context, input.InstanceProfileName)) }
  },
}
