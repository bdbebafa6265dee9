/** DeleteUserPolicy: removes an inline policy from a user. */
import type { DeleteUserPolicyRequest } from '@aws-sdk/client-iam'
import type { IamOperation } from '../context.ts'
import { deletingInline } from '../inline-policies.ts'
import { users } from '../policy-holders.ts'

export const deleteUserPolicy: IamOperation<DeleteUserPolicyRequest> = deletingInline(users)
