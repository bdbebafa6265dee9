/** ListResourceTags: the tags of a key. */
import type { ListResourceTagsRequest, ListResourceTagsResponse } from '@aws-sdk/client-kms'
import { TAGS_PER_RESOURCE } from '../../../model/limits.ts'
import { onKey } from '../access.ts'
import type { KmsOperation } from '../context.ts'
import { requireKeyById } from '../lookups.ts'
import { page } from '../page.ts'
import { describeTag } from '../tags.ts'

const SIZES = { size: TAGS_PER_RESOURCE, max: TAGS_PER_RESOURCE }

export const listResourceTags: KmsOperation<ListResourceTagsRequest, ListResourceTagsResponse> = {
  access: onKey(),
  handle: (input, context) => {
    const { keyId, tags } = requireKeyById(context, input.KeyId)
    const { items, rest } = page(context, `ListResourceTags/${keyId}`, tags, input, ({ key }) => key, SIZES)
    return { Tags: items.map(describeTag), ...rest }
  },
}
