/** TagResource: adds tags to a repository; a key that it has already gets the new value. */
import type { TagResourceRequest } from '@aws-sdk/client-ecr'
import { mergedTags } from '../../checked-tags.ts'
import { onTagged } from '../access.ts'
import type { EcrOperation } from '../context.ts'
import { tagFaults } from '../faults.ts'
import { requireTagged, tagsOf } from '../tags.ts'

export const tagResource: EcrOperation<TagResourceRequest> = {
  access: ({ resourceArn = '', tags }, context) => [onTagged(context, resourceArn, tagsOf(tags))],
  handle: ({ resourceArn, tags: added }, context) => {
    const { arn, tags } = requireTagged(context, resourceArn)
    context.tx.repositories.update(arn, { tags: mergedTags(tags, tagsOf(added), tagFaults) })
    return {}
  },
}
