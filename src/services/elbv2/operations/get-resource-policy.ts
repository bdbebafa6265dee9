/** GetResourcePolicy: trust stores are shared with other accounts by policies; there are no other accounts, so none has a policy. */
import type { GetResourcePolicyInput, GetResourcePolicyOutput } from '@aws-sdk/client-elastic-load-balancing-v2'
import { onResource } from '../access.ts'
import type { Elbv2Operation } from '../context.ts'
import { resourceNotFound } from '../faults.ts'

export const getResourcePolicy: Elbv2Operation<GetResourcePolicyInput, GetResourcePolicyOutput> = {
  access: ({ ResourceArn }, context) => [onResource(context, ResourceArn)],
  handle: ({ ResourceArn }) => {
    throw resourceNotFound(`Resource policy for '${ResourceArn}' not found`)
  },
}
