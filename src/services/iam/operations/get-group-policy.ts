/** GetGroupPolicy: an inline policy of a group, with its document. */
import type { GetGroupPolicyRequest, GetGroupPolicyResponse } from '@aws-sdk/client-iam'
import type { IamOperation } from '../context.ts'
import { gettingInline } from '../inline-policies.ts'
import { groups } from '../policy-holders.ts'

export const getGroupPolicy: IamOperation<GetGroupPolicyRequest, GetGroupPolicyResponse> = gettingInline(
  groups,
  ({ groupName }, policy) => ({ GroupName: groupName, ...policy }),
)
