/** ListAttachedGroupPolicies: the managed policies of a group. */
import type { ListAttachedGroupPoliciesRequest, ListAttachedGroupPoliciesResponse } from '@aws-sdk/client-iam'
import { listingAttached } from '../attached-policies.ts'
import type { IamOperation } from '../context.ts'
import { groups } from '../policy-holders.ts'

export const listAttachedGroupPolicies: IamOperation<
  ListAttachedGroupPoliciesRequest,
  ListAttachedGroupPoliciesResponse
> = listingAttached(groups)
