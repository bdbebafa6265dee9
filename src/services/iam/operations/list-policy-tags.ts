/** ListPolicyTags: the tags of a managed policy, sorted by key. */
import type { ListPolicyTagsRequest, ListPolicyTagsResponse } from '@aws-sdk/client-iam'
import { onPolicy } from '../access.ts'
import type { IamOperation } from '../context.ts'
import { requirePolicy } from '../policies.ts'
import { ARN, check } from '../rules.ts'
import { pageOfTags } from '../tags.ts'

export const listPolicyTags: IamOperation<ListPolicyTagsRequest, ListPolicyTagsResponse> = {
  access: onPolicy(),
  handle: (input, context) => {
    check(input, { PolicyArn: ARN })
    const { arn, tags } = requirePolicy(context, input.PolicyArn)
    return pageOfTags(context, arn, tags, input)
  },
}
