/** Tags in the form of KMS: `TagKey` and `TagValue`. */
import type { Tag as KmsTag } from '@aws-sdk/client-kms'
import type { Tag } from '../../model/records.ts'

export const tagsOf = (tags: readonly KmsTag[] | undefined): readonly Tag[] =>
  (tags ?? []).map(({ TagKey = '', TagValue = '' }) => ({ key: TagKey, value: TagValue }))

export const describeTag = ({ key, value }: Tag): KmsTag => ({ TagKey: key, TagValue: value })
