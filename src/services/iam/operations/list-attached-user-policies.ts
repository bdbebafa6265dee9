/** ListAttachedUserPolicies: the managed policies of a user; those of its groups are not its own. */
import type { ListAttachedUserPoliciesRequest, ListAttachedUserPoliciesResponse } from '@aws-sdk/client-iam'
import { listingAttached } from '../attached-policies.ts'
import type { IamOperation } from '../context.ts'
import { users } from '../policy-holders.ts'

export const listAttachedUserPolicies: IamOperation<ListAttachedUserPoliciesRequest, ListAttachedUserPoliciesResponse> =
  listingAttached(users)
