/** ListPolicies: managed policies, the account's own and AWS's. AWS: descriptions and tags are GetPolicy's alone. */
import type { ListPoliciesRequest, ListPoliciesResponse } from '@aws-sdk/client-iam'
import { awsManagedPolicies } from '../../../model/aws-managed-policies/index.ts'
import type { PolicyRecord } from '../../../model/iam-records.ts'
import { onAnything } from '../access.ts'
import type { IamContext, IamOperation } from '../context.ts'
import { page } from '../page.ts'
import { describePolicy, findPolicies, type PolicyUsage, policyUsages } from '../policies.ts'
import { check, PATH_PREFIX, POLICY_SCOPE, POLICY_USAGE } from '../rules.ts'

export const listPolicies: IamOperation<ListPoliciesRequest, ListPoliciesResponse> = {
  access: onAnything,
  handle: (input, context) => {
    check(input, { Scope: POLICY_SCOPE, PathPrefix: PATH_PREFIX, PolicyUsageFilter: POLICY_USAGE })
    const {
      Scope: scope = 'All',
      PathPrefix: prefix = '/',
      PolicyUsageFilter: filter = '',
      OnlyAttached = false,
    } = input
    const usageOf = policyUsages(context)
    const found = inScope(context, scope).filter(
      ({ arn, path }) => path.startsWith(prefix) && isUsed(usageOf(arn), input),
    )
    const pages = `ListPolicies/${scope}/${filter}/${OnlyAttached}/${prefix}`
    const { items, rest } = page(context, pages, found, input, ({ arn }) => arn)
    return { Policies: items.map((policy) => describePolicy(policy, usageOf(policy.arn))), ...rest }
  },
}

const inScope = (context: IamContext, scope: string): PolicyRecord[] => [
  ...(scope === 'Local' ? [] : awsManagedPolicies()),
  ...(scope === 'AWS' ? [] : findPolicies(context)),
]

/** Whether a policy is used as the request asks; any will do for a request that does not ask. */
const isUsed = (
  { attachments, boundaries }: PolicyUsage,
  { OnlyAttached: isOnlyAttached = false, PolicyUsageFilter: filter }: ListPoliciesRequest,
): boolean => {
  if (filter === 'PermissionsBoundary') return boundaries > 0
  return attachments > 0 || (filter === undefined && !isOnlyAttached)
}
