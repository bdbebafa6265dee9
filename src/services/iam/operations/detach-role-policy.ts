/** DetachRolePolicy: takes a managed policy away from a role. */
import type { DetachRolePolicyRequest } from '@aws-sdk/client-iam'
import { detaching } from '../attached-policies.ts'
import type { IamOperation } from '../context.ts'
import { roles } from '../policy-holders.ts'

export const detachRolePolicy: IamOperation<DetachRolePolicyRequest> = detaching(roles)
