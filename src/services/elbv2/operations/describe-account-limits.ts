/** DescribeAccountLimits: the quotas that are enforced. */
import type { DescribeAccountLimitsInput, DescribeAccountLimitsOutput } from '@aws-sdk/client-elastic-load-balancing-v2'
import { LOAD_BALANCING_QUOTAS } from '../../../model/load-balancing/limits.ts'
import { onAnything } from '../access.ts'
import type { Elbv2Operation } from '../context.ts'
import { page } from '../page.ts'

export const describeAccountLimits: Elbv2Operation<DescribeAccountLimitsInput, DescribeAccountLimitsOutput> = {
  access: onAnything,
  handle: (input, context) => {
    const quotas = Object.entries(LOAD_BALANCING_QUOTAS)
    const { items, rest } = page(context, 'account-limits', quotas, input, ([name]) => name)
    return { Limits: items.map(([Name, limit]) => ({ Name, Max: String(limit) })), ...rest }
  },
}
