/** ListTagsForResource: the tags of a parameter. */
import type { ListTagsForResourceRequest, ListTagsForResourceResult } from '@aws-sdk/client-ssm'
import { onParameter } from '../access.ts'
import type { SsmOperation } from '../context.ts'
import { requireTagged } from '../tags.ts'

export const listTagsForResource: SsmOperation<ListTagsForResourceRequest, ListTagsForResourceResult> = {
  access: ({ ResourceId: id }, context) => [onParameter(context, id)],
  handle: (input, context) => ({
    TagList: requireTagged(context, input).tags.map(({ key, value }) => ({ Key: key, Value: value })),
  }),
}
