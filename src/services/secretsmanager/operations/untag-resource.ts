/** UntagResource: takes tags from a secret; keys that are not there change nothing. */
import type { UntagResourceCommandOutput, UntagResourceRequest } from '@aws-sdk/client-secrets-manager'
import { tagsWithout } from '../../checked-tags.ts'
import { onSecret } from '../access.ts'
import type { SecretsOperation } from '../context.ts'
import { changeSecret, requireLivingSecret } from '../lookups.ts'

export const untagResource: SecretsOperation<UntagResourceRequest, Partial<UntagResourceCommandOutput>> = {
  access: onSecret(({ TagKeys = [] }) => ({ 'aws:TagKeys': TagKeys })),
  handle: ({ SecretId, TagKeys = [] }, context) => {
    const { arn, tags } = requireLivingSecret(context, SecretId)
    changeSecret(context, arn, { tags: tagsWithout(tags, TagKeys) })
    return {}
  },
}
