/** TagResource: adds tags to a secret; a key that it has already gets the new value. */
import type { TagResourceCommandOutput, TagResourceRequest } from '@aws-sdk/client-secrets-manager'
import { mergedTags, requestTagContext } from '../../checked-tags.ts'
import { onSecret } from '../access.ts'
import type { SecretsOperation } from '../context.ts'
import { tagsOf } from '../describe.ts'
import { tagFaults } from '../faults.ts'
import { changeSecret, requireLivingSecret } from '../lookups.ts'

export const tagResource: SecretsOperation<TagResourceRequest, Partial<TagResourceCommandOutput>> = {
  access: onSecret(({ Tags }) => requestTagContext(tagsOf(Tags))),
  handle: ({ SecretId, Tags }, context) => {
    const { arn, tags } = requireLivingSecret(context, SecretId)
    changeSecret(context, arn, { tags: mergedTags(tags, tagsOf(Tags), tagFaults) })
    return {}
  },
}
