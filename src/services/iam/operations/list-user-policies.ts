/** ListUserPolicies: the names of a user's inline policies. */
import type { ListUserPoliciesRequest, ListUserPoliciesResponse } from '@aws-sdk/client-iam'
import type { IamOperation } from '../context.ts'
import { listingInline } from '../inline-policies.ts'
import { users } from '../policy-holders.ts'

export const listUserPolicies: IamOperation<ListUserPoliciesRequest, ListUserPoliciesResponse> = listingInline(users)
