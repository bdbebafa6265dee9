/** TagPolicy: adds tags to a customer managed policy; a key that it has already gets the new value. */
import type { TagPolicyRequest } from '@aws-sdk/client-iam'
import { onPolicy, requestTags } from '../access.ts'
import type { IamOperation } from '../context.ts'
import { requireOwnPolicy } from '../policies.ts'
import { ARN, check } from '../rules.ts'
import { mergedTags } from '../tags.ts'

export const tagPolicy: IamOperation<TagPolicyRequest> = {
  access: onPolicy(requestTags),
  handle: (input, context) => {
    check(input, { PolicyArn: ARN })
    const { arn, tags } = requireOwnPolicy(context, input.PolicyArn)
    context.tx.policies.update(arn, { tags: mergedTags(tags, input.Tags, 'sensitive') })
    return {}
  },
}
