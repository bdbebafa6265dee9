/** ListAttachedRolePolicies: the managed policies of a role. */
import type { ListAttachedRolePoliciesRequest, ListAttachedRolePoliciesResponse } from '@aws-sdk/client-iam'
import { listingAttached } from '../attached-policies.ts'
import type { IamOperation } from '../context.ts'
import { roles } from '../policy-holders.ts'

export const listAttachedRolePolicies: IamOperation<ListAttachedRolePoliciesRequest, ListAttachedRolePoliciesResponse> =
  listingAttached(roles)
