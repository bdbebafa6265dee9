/** DescribeIndexPolicies: the index policies of groups that have one, in the order given. */
import type { DescribeIndexPoliciesRequest, DescribeIndexPoliciesResponse } from '@aws-sdk/client-cloudwatch-logs'
import { onEachNamed } from '../access.ts'
import type { LogsOperation } from '../context.ts'
import { describeIndexPolicy } from '../index-policies.ts'
import { requireGroups } from '../lookups.ts'

export const describeIndexPolicies: LogsOperation<DescribeIndexPoliciesRequest, DescribeIndexPoliciesResponse> = {
  access: onEachNamed,
  handle: (input, context) => ({
    indexPolicies: requireGroups(context, input, 'DescribeIndexPolicies').flatMap(
      (group) => describeIndexPolicy(group) ?? [],
    ),
  }),
}
