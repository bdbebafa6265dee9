/** AddTagsToResource: adds tags to a parameter; a key that it has already gets the new value. */
import type { AddTagsToResourceRequest, AddTagsToResourceResult } from '@aws-sdk/client-ssm'
import { requestTagContext } from '../../checked-tags.ts'
import { onParameter } from '../access.ts'
import type { SsmOperation } from '../context.ts'
import { requireTagged, tagsOf, withTags } from '../tags.ts'

export const addTagsToResource: SsmOperation<AddTagsToResourceRequest, AddTagsToResourceResult> = {
  access: ({ ResourceId: id, Tags: tags }, context) => [onParameter(context, id, requestTagContext(tagsOf(tags)))],
  handle: (input, context) => {
    const { arn, tags } = requireTagged(context, input)
    context.tx.parameters.update(arn, { tags: withTags(tags, input.Tags) })
    return {}
  },
}
