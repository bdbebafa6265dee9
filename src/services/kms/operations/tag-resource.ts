/** TagResource: adds tags to a key; a tag that it has already gets the new value. */
import type { TagResourceCommandOutput, TagResourceRequest } from '@aws-sdk/client-kms'
import { mergedTags, requestTagContext } from '../../checked-tags.ts'
import { onKey } from '../access.ts'
import type { KmsOperation } from '../context.ts'
import { tagFaults } from '../faults.ts'
import { requireLivingKey } from '../lookups.ts'
import { tagsOf } from '../tags.ts'

export const tagResource: KmsOperation<TagResourceRequest, Partial<TagResourceCommandOutput>> = {
  access: onKey(({ Tags }) => ({ context: requestTagContext(tagsOf(Tags)) })),
  handle: ({ KeyId, Tags }, context) => {
    const { keyId, tags } = requireLivingKey(context, KeyId)
    context.tx.kmsKeys.update(keyId, { tags: mergedTags(tags, tagsOf(Tags), tagFaults) })
    return {}
  },
}
