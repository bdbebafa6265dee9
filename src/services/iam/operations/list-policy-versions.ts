/** ListPolicyVersions: the versions of a managed policy, the newest first, without their documents. */
import type { ListPolicyVersionsRequest, ListPolicyVersionsResponse } from '@aws-sdk/client-iam'
import type { PolicyVersionRecord } from '../../../model/iam-records.ts'
import { onPolicy } from '../access.ts'
import type { IamOperation } from '../context.ts'
import { page } from '../page.ts'
import { describeVersion, requirePolicy } from '../policies.ts'
import { ARN, check } from '../rules.ts'

/** Above every number of a version: keys go up as numbers go down. */
const ABOVE = 10 ** 15

const newestFirst = ({ versionId }: PolicyVersionRecord): string => String(ABOVE - Number(versionId.slice(1)))

export const listPolicyVersions: IamOperation<ListPolicyVersionsRequest, ListPolicyVersionsResponse> = {
  access: onPolicy(),
  handle: (input, context) => {
    check(input, { PolicyArn: ARN })
    const policy = requirePolicy(context, input.PolicyArn)
    const { items, rest } = page(context, `versions/${policy.arn}`, policy.versions, input, newestFirst)
    return { Versions: items.map((version) => describeVersion(policy, version)), ...rest }
  },
}
