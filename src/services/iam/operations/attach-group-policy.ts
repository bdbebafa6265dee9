/** AttachGroupPolicy: gives a group what a managed policy allows. */
import type { AttachGroupPolicyRequest } from '@aws-sdk/client-iam'
import { attaching } from '../attached-policies.ts'
import type { IamOperation } from '../context.ts'
import { groups } from '../policy-holders.ts'

export const attachGroupPolicy: IamOperation<AttachGroupPolicyRequest> = attaching(groups)
