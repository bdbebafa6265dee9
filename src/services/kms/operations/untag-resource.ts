/** UntagResource: takes tags from a key; keys of tags that are not there change nothing. */
import type { UntagResourceCommandOutput, UntagResourceRequest } from '@aws-sdk/client-kms'
import { tagsWithout } from '../../checked-tags.ts'
import { onKey } from '../access.ts'
import type { KmsOperation } from '../context.ts'
import { requireLivingKey } from '../lookups.ts'

export const untagResource: KmsOperation<UntagResourceRequest, Partial<UntagResourceCommandOutput>> = {
  access: onKey(({ TagKeys = [] }) => ({ context: { 'aws:tagkeys': TagKeys } })),
  handle: ({ KeyId, TagKeys = [] }, context) => {
    const { keyId, tags } = requireLivingKey(context, KeyId)
    context.tx.kmsKeys.update(keyId, { tags: tagsWithout(tags, TagKeys) })
    return {}
  },
}
