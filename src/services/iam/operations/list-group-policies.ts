/** ListGroupPolicies: the names of a group's inline policies. */
import type { ListGroupPoliciesRequest, ListGroupPoliciesResponse } from '@aws-sdk/client-iam'
import type { IamOperation } from '../context.ts'
import { listingInline } from '../inline-policies.ts'
import { groups } from '../policy-holders.ts'

export const listGroupPolicies: IamOperation<ListGroupPoliciesRequest, ListGroupPoliciesResponse> =
  listingInline(groups)
