/** UntagPolicy: removes tags of a customer managed policy by their keys. */
import type { UntagPolicyRequest } from '@aws-sdk/client-iam'
import { onPolicy, removedTagKeys } from '../access.ts'
import type { IamOperation } from '../context.ts'
import { requireOwnPolicy } from '../policies.ts'
import { ARN, check } from '../rules.ts'
import { tagsWithout } from '../tags.ts'

export const untagPolicy: IamOperation<UntagPolicyRequest> = {
  access: onPolicy(removedTagKeys),
  handle: (input, context) => {
    check(input, { PolicyArn: ARN })
    const { arn, tags } = requireOwnPolicy(context, input.PolicyArn)
    context.tx.policies.update(arn, { tags: tagsWithout(tags, input.TagKeys, 'sensitive') })
    return {}
  },
}
