/** GetUserPolicy: an inline policy of a user, with its document. */
import type { GetUserPolicyRequest, GetUserPolicyResponse } from '@aws-sdk/client-iam'
import type { IamOperation } from '../context.ts'
import { gettingInline } from '../inline-policies.ts'
import { users } from '../policy-holders.ts'

export const getUserPolicy: IamOperation<GetUserPolicyRequest, GetUserPolicyResponse> = gettingInline(
  users,
  ({ userName }, policy) => ({ UserName: userName, ...policy }),
)
