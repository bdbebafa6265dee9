/** AttachUserPolicy: gives a user what a managed policy allows. */
import type { AttachUserPolicyRequest } from '@aws-sdk/client-iam'
import { attaching } from '../attached-policies.ts'
import type { IamOperation } from '../context.ts'
import { users } from '../policy-holders.ts'

export const attachUserPolicy: IamOperation<AttachUserPolicyRequest> = attaching(users)
