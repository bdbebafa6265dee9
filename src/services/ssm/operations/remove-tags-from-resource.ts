/** RemoveTagsFromResource: removes tags by their keys; keys that are not there change nothing. */
import type { RemoveTagsFromResourceRequest, RemoveTagsFromResourceResult } from '@aws-sdk/client-ssm'
import { tagsWithout } from '../../checked-tags.ts'
import { onParameter } from '../access.ts'
import type { SsmOperation } from '../context.ts'
import { requireTagged } from '../tags.ts'

export const removeTagsFromResource: SsmOperation<RemoveTagsFromResourceRequest, RemoveTagsFromResourceResult> = {
  access: ({ ResourceId: id, TagKeys: keys = [] }, context) => [onParameter(context, id, { 'aws:tagkeys': keys })],
  handle: (input, context) => {
    const { arn, tags } = requireTagged(context, input)
    context.tx.parameters.update(arn, { tags: tagsWithout(tags, input.TagKeys ?? []) })
    return {}
  },
}
