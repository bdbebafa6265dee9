/** AttachRolePolicy: gives a role what a managed policy allows. */
import type { AttachRolePolicyRequest } from '@aws-sdk/client-iam'
import { attaching } from '../attached-policies.ts'
import type { IamOperation } from '../context.ts'
import { roles } from '../policy-holders.ts'

export const attachRolePolicy: IamOperation<AttachRolePolicyRequest> = attaching(roles)
