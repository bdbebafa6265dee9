/** Tags of EC2's resources: as a request gives them, checked, and as answers have them. */
import type { Tag as SdkTag, TagSpecification } from '@aws-sdk/client-ec2'
import { TAG_KEY_LENGTH, TAG_VALUE_LENGTH, TAGS_PER_RESOURCE } from '../../model/limits.ts'
import type { Tag } from '../../model/records.ts'
import { ec2Fault, invalidValue } from './faults.ts'

export const checkedTags = (tags: readonly SdkTag[]): readonly Tag[] => {
  const checked = checkedCount(tags.map(checkedTag))
  const repeated = checked.find(({ key }, index) => checked.findIndex((other) => other.key === key) < index)
  if (repeated !== undefined) throw invalidValue(`Duplicate tag key '${repeated.key}' specified.`)
  return checked
}

/** `existing` with others laid over them. */
export const mergedTags = (existing: readonly Tag[], added: readonly Tag[]): readonly Tag[] =>
  checkedCount([...new Map([...existing, ...added].map((tag) => [tag.key, tag])).values()])

/** AWS: each specification is for one type of what the operation makes. */
export const specifiedTags = (
  specifications: readonly TagSpecification[] | undefined,
  type: string,
): readonly Tag[] => {
  for (const { ResourceType } of specifications ?? []) {
    if (ResourceType !== type)
      throw invalidValue(`'${ResourceType ?? ''}' is not a valid taggable resource type for this operation.`)
  }
  return checkedTags((specifications ?? []).flatMap(({ Tags }) => Tags ?? []))
}

export const describeTags = (tags: readonly Tag[]): SdkTag[] =>
  tags.map(({ key, value }) => ({ Key: key, Value: value }))

const checkedTag = ({ Key = '', Value = '' }: SdkTag): Tag => {
  if (Key === '') throw invalidValue('Tag keys must not be empty.')
  if (Key.length > TAG_KEY_LENGTH)
    throw invalidValue(`Tag key exceeds the maximum length of ${TAG_KEY_LENGTH} characters`)
  if (Value.length > TAG_VALUE_LENGTH)
    throw invalidValue(`Tag value exceeds the maximum length of ${TAG_VALUE_LENGTH} characters`)
  if (/^aws:/i.test(Key)) throw invalidValue("Tag keys starting with 'aws:' are reserved for internal use")
  return { key: Key, value: Value }
}

const checkedCount = (tags: readonly Tag[]): readonly Tag[] => {
  if (tags.length > TAGS_PER_RESOURCE)
    throw ec2Fault('TagLimitExceeded', `The maximum number of tags of a resource is ${TAGS_PER_RESOURCE}.`)
  return tags
}
