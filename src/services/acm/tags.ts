/** Tags in the form of Certificate Manager: a value may be missing. */
import type { Tag as AcmTag } from '@aws-sdk/client-acm'
import type { Tag } from '../../model/records.ts'

export const tagsOf = (tags: readonly AcmTag[] | undefined): readonly Tag[] =>
  (tags ?? []).map(({ Key = '', Value = '' }) => ({ key: Key, value: Value }))

export const describeTag = ({ key, value }: Tag): AcmTag => ({ Key: key, Value: value })
