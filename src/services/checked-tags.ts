/** Tags as KMS and Secrets Manager take them: checked, merged by key, removed by key, and as condition keys. */
import { TAG_KEY_LENGTH, TAG_VALUE_LENGTH, TAGS_PER_RESOURCE } from '../model/limits.ts'
import type { ContextValues } from '../model/policy/types.ts'
import type { Tag } from '../model/records.ts'
import type { Fault } from '../wire/fault.ts'

/** A service's names for what can be wrong. */
export interface TagFaults {
  readonly invalid: (message: string) => Fault
  readonly tooMany: (message: string) => Fault
}

const ALLOWED = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u

/** The tags of a request as they are stored. */
export const checkedTags = (tags: readonly Tag[], faults: TagFaults): readonly Tag[] => {
  for (const tag of tags) checkTag(tag, faults)
  if (new Set(tags.map(({ key }) => key)).size < tags.length) throw faults.invalid('Duplicate tag keys')
  return checkedCount(tags, faults)
}

/** `existing` with checked tags laid over them. */
export const mergedTags = (existing: readonly Tag[], added: readonly Tag[], faults: TagFaults): readonly Tag[] => {
  const byKey = new Map([...existing, ...checkedTags(added, faults)].map((tag) => [tag.key, tag]))
  return checkedCount([...byKey.values()], faults)
}

/** `existing` without the tags of these keys; keys that are not there change nothing. */
export const tagsWithout = (existing: readonly Tag[], keys: readonly string[]): readonly Tag[] =>
  existing.filter(({ key }) => !keys.includes(key))

const checkTag = ({ key, value }: Tag, { invalid }: TagFaults): void => {
  if (key === '' || key.length > TAG_KEY_LENGTH)
    throw invalid(`A tag key must have between 1 and ${TAG_KEY_LENGTH} characters.`)
  if (value.length > TAG_VALUE_LENGTH) throw invalid(`A tag value can have at most ${TAG_VALUE_LENGTH} characters.`)
  if (/^aws:/i.test(key)) throw invalid('Tag keys that begin with aws: are reserved for AWS use.')
  if (!ALLOWED.test(key) || !ALLOWED.test(value))
    throw invalid('Tags can have letters, numbers, spaces and these characters: _ . : / = + - @')
}

const checkedCount = (tags: readonly Tag[], { tooMany }: TagFaults): readonly Tag[] => {
  if (tags.length > TAGS_PER_RESOURCE) throw tooMany(`A resource can have at most ${TAGS_PER_RESOURCE} tags.`)
  return tags
}

/** `aws:RequestTag/…` and `aws:TagKeys`. */
export const requestTagContext = (tags: readonly Tag[]): ContextValues =>
  tags.length === 0
    ? {}
    : {
        'aws:tagkeys': tags.map(({ key }) => key),
        ...Object.fromEntries(tags.map(({ key, value }) => [`aws:requesttag/${key.toLowerCase()}`, [value]])),
      }
