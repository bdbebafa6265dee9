/** ListRolePolicies: the names of a role's inline policies. */
import type { ListRolePoliciesRequest, ListRolePoliciesResponse } from '@aws-sdk/client-iam'
import type { IamOperation } from '../context.ts'
import { listingInline } from '../inline-policies.ts'
import { roles } from '../policy-holders.ts'

export const listRolePolicies: IamOperation<ListRolePoliciesRequest, ListRolePoliciesResponse> = listingInline(roles)
