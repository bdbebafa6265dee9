/** PutRolePolicy: writes an inline policy into a role. */
import type { PutRolePolicyRequest } from '@aws-sdk/client-iam'
import type { IamOperation } from '../context.ts'
import { puttingInline } from '../inline-policies.ts'
import { roles } from '../policy-holders.ts'

export const putRolePolicy: IamOperation<PutRolePolicyRequest> = puttingInline(roles)
