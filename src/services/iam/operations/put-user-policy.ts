/** PutUserPolicy: writes an inline policy into a user. */
import type { PutUserPolicyRequest } from '@aws-sdk/client-iam'
import type { IamOperation } from '../context.ts'
import { puttingInline } from '../inline-policies.ts'
import { users } from '../policy-holders.ts'

export const putUserPolicy: IamOperation<PutUserPolicyRequest> = puttingInline(users)
