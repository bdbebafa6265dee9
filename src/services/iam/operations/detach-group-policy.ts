/** DetachGroupPolicy: takes a managed policy away from a group. */
import type { DetachGroupPolicyRequest } from '@aws-sdk/client-iam'
import { detaching } from '../attached-policies.ts'
import type { IamOperation } from '../context.ts'
import { groups } from '../policy-holders.ts'

export const detachGroupPolicy: IamOperation<DetachGroupPolicyRequest> = detaching(groups)
