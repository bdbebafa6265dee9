/** UntagResource: removes tags of a repository by their keys. */
import type { UntagResourceRequest } from '@aws-sdk/client-ecr'
import { tagsWithout } from '../../checked-tags.ts'
import { onTagged, withContext } from '../access.ts'
import type { EcrOperation } from '../context.ts'
import { requireTagged } from '../tags.ts'

export const untagResource: EcrOperation<UntagResourceRequest> = {
  access: ({ resourceArn = '', tagKeys = [] }, context) => [
    withContext(onTagged(context, resourceArn), tagKeys.length === 0 ? {} : { 'aws:tagkeys': tagKeys }),
  ],
  handle: ({ resourceArn, tagKeys = [] }, context) => {
    const { arn, tags } = requireTagged(context, resourceArn)
    context.tx.repositories.update(arn, { tags: tagsWithout(tags, tagKeys) })
    return {}
  },
}
