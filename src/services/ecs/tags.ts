/** Tags as ECS takes them: checked, merged by key, removed by key. Limits: TagResource in the API reference. */
import type { Tag as TagInput } from '@aws-sdk/client-ecs'
import { TAG_KEY_LENGTH, TAG_VALUE_LENGTH, TAGS_PER_RESOURCE } from '../../model/limits.ts'
import type { Tag } from '../../model/records.ts'
import { invalidParameter } from './faults.ts'

const ALLOWED = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u
const RESERVED = /^aws:/i

/** The tags of a request as they are stored, in the order given. An absent value is an empty one. */
export const checkedTags = (tags: readonly TagInput[] | undefined): readonly Tag[] => {
  const checked = (tags ?? []).map(checkedTag)
  checkCount(checked)
  const keys = new Set(checked.map(({ key }) => key))
  if (keys.size < checked.length) throw invalidParameter('Duplicate tag keys found.')
  return checked
}

/** `added` laid over `existing`: a key that is there already gets the new value and keeps its place. */
export const mergedTags = (existing: readonly Tag[], added: readonly Tag[]): readonly Tag[] => {
  const byKey = new Map([...existing, ...added].map((tag) => [tag.key, tag]))
  const merged = [...byKey.values()]
  checkCount(merged)
  return merged
}

/** `existing` without the tags of these keys; keys that are not there change nothing. */
export const tagsWithout = (existing: readonly Tag[], tagKeys: readonly string[]): readonly Tag[] => {
  for (const key of tagKeys) checkKey(key)
  const removed = new Set(tagKeys)
  return existing.filter(({ key }) => !removed.has(key))
}

const checkedTag = ({ key, value = '' }: TagInput): Tag => {
  checkKey(key)
  if (value.length > TAG_VALUE_LENGTH)
    throw invalidParameter(`The tag value can have at most ${TAG_VALUE_LENGTH} characters.`)
  if (RESERVED.test(value)) throw invalidParameter('Tag values beginning with aws: are reserved for AWS use.')
  checkCharacters(value)
  return { key: key ?? '', value }
}

const checkKey = (key: string | undefined): void => {
  if (!key) throw invalidParameter('The tag key cannot be blank.')
  if (key.length > TAG_KEY_LENGTH) throw invalidParameter(`The tag key can have at most ${TAG_KEY_LENGTH} characters.`)
  if (RESERVED.test(key)) throw invalidParameter('Tag keys beginning with aws: are reserved for AWS use.')
  checkCharacters(key)
}

const checkCharacters = (text: string): void => {
  if (ALLOWED.test(text)) return
  throw invalidParameter(
    'Some tags contain invalid characters. Valid characters: UTF-8 letters, spaces, numbers and _ . / = + - : @.',
  )
}

const checkCount = (tags: readonly Tag[]): void => {
  if (tags.length > TAGS_PER_RESOURCE) throw invalidParameter(`The number of tags cannot exceed ${TAGS_PER_RESOURCE}.`)
}
