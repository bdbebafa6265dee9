/** DetachUserPolicy: takes a managed policy away from a user. */
import type { DetachUserPolicyRequest } from '@aws-sdk/client-iam'
import { detaching } from '../attached-policies.ts'
import type { IamOperation } from '../context.ts'
import { users } from '../policy-holders.ts'

export const detachUserPolicy: IamOperation<DetachUserPolicyRequest> = detaching(users)
