/** Tags as Elastic Load Balancing takes them. */
import type { Tag as TagShape } from '@aws-sdk/client-elastic-load-balancing-v2'
import type { Tag } from '../../model/records.ts'
import { checkedTags as checked, mergedTags as merged, type TagFaults } from '../checked-tags.ts'
import { duplicateTagKeys, tooManyTags, validationError } from './faults.ts'

const FAULTS: TagFaults = { invalid: validationError, tooMany: tooManyTags }

/** The tags of a request as they are stored. */
export const checkedTags = (tags: readonly TagShape[] = []): readonly Tag[] => checked(distinct(tags), FAULTS)

/** `existing` with those of a request laid over them. */
export const mergedTags = (existing: readonly Tag[], added: readonly TagShape[] = []): readonly Tag[] =>
  merged(existing, distinct(added), FAULTS)

/** Tags as clients see them. */
export const describeTags = (tags: readonly Tag[]): TagShape[] =>
  tags.map(({ key, value }) => ({ Key: key, Value: value }))

const distinct = (tags: readonly TagShape[]): readonly Tag[] => {
  const given = tags.map(({ Key = '', Value = '' }) => ({ key: Key, value: Value }))
  if (new Set(given.map(({ key }) => key)).size < given.length)
    throw duplicateTagKeys('One or more tag keys are duplicated')
  return given
}
