/** DeleteGroupPolicy: removes an inline policy from a group. */
import type { DeleteGroupPolicyRequest } from '@aws-sdk/client-iam'
import type { IamOperation } from '../context.ts'
import { deletingInline } from '../inline-policies.ts'
import { groups } from '../policy-holders.ts'

export const deleteGroupPolicy: IamOperation<DeleteGroupPolicyRequest> = deletingInline(groups)
