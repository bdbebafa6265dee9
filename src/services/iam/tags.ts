/** Tags as IAM takes them. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html#id_tags_rules */
import type { Tag as TagShape } from '@aws-sdk/client-iam'
import { TAG_KEY_LENGTH, TAG_VALUE_LENGTH, TAGS_PER_RESOURCE } from '../../model/limits.ts'
import type { Tag } from '../../model/records.ts'
import type { IamContext } from './context.ts'
import { invalidInput, limitExceeded } from './faults.ts'
import { type Page, page, type PageRequest } from './page.ts'
import { refuse, type Rule, violations } from './rules.ts'

/** AWS: keys of users and roles are the same whatever their case, those of everything else are not. */
export type TagCase = 'insensitive' | 'sensitive'

const TAGS: Rule = { max: TAGS_PER_RESOURCE }
const KEY: Rule = {
  min: 1,
  max: TAG_KEY_LENGTH,
  pattern: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]+$/u,
  patternText: String.raw`[\p{L}\p{Z}\p{N}_.:/=+\-@]+`,
}
const VALUE: Rule = {
  max: TAG_VALUE_LENGTH,
  pattern: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u,
  patternText: String.raw`[\p{L}\p{Z}\p{N}_.:/=+\-@]*`,
}
const RESERVED = /^aws:/i

/** The tags of a request as they are stored. */
export const checkedTags = (tags: readonly TagShape[] | undefined, tagCase: TagCase): readonly Tag[] => {
  const checked = (tags ?? []).map(({ Key = '', Value = '' }) => ({ key: Key, value: Value }))
  refuse([
    ...violations('tags', TAGS, checked),
    ...checked.flatMap(({ key, value }, index) => [
      ...violations(`tags.${index + 1}.member.key`, KEY, key),
      ...violations(`tags.${index + 1}.member.value`, VALUE, value),
    ]),
  ])
  if (checked.some(({ key }) => RESERVED.test(key)))
    throw invalidInput('aws: prefixed tag key names are not allowed for external use.')
  checkDistinct(checked, tagCase)
  return checked
}

const checkDistinct = (tags: readonly Tag[], tagCase: TagCase): void => {
  if (new Set(tags.map(identity(tagCase))).size === tags.length) return
  const hint = tagCase === 'insensitive' ? ' Please note that Tag keys are case insensitive.' : ''
  throw invalidInput(`Duplicate tag keys found.${hint}`)
}

/** What makes a tag the same as another. */
const identity =
  (tagCase: TagCase) =>
  ({ key }: Tag): string =>
    tagCase === 'insensitive' ? key.toLowerCase() : key

/** `existing` with the tags of a request laid over them. */
export const mergedTags = (
  existing: readonly Tag[],
  added: readonly TagShape[] | undefined,
  tagCase: TagCase,
): readonly Tag[] => {
  const all = [...existing, ...checkedTags(added, tagCase)]
  const merged = [...new Map(all.map((tag) => [identity(tagCase)(tag), tag])).values()]
  if (merged.length > TAGS_PER_RESOURCE) throw limitExceeded('The number of tags has reached the maximum limit.')
  return merged
}

/** `existing` without the tags of these keys; keys that are not there change nothing. */
export const tagsWithout = (
  existing: readonly Tag[],
  tagKeys: readonly string[] | undefined,
  tagCase: TagCase,
): readonly Tag[] => {
  const keys = tagKeys ?? []
  refuse([
    ...violations('tagKeys', TAGS, keys),
    ...keys.flatMap((key, index) => violations(`tagKeys.${index + 1}.member`, KEY, key)),
  ])
  const removed = new Set(keys.map((key) => identity(tagCase)({ key, value: '' })))
  return existing.filter((tag) => !removed.has(identity(tagCase)(tag)))
}

/** Tags as clients see them. */
export const describeTags = (tags: readonly Tag[]): TagShape[] =>
  tags.map(({ key, value }) => ({ Key: key, Value: value }))

/** The member of an answer that has tags only if there are some. */
export const tagsIfAny = (tags: readonly Tag[]): { Tags?: TagShape[] } =>
  tags.length === 0 ? {} : { Tags: describeTags(tags) }

/** A page of the tags of one resource, sorted by key. */
export const pageOfTags = (
  context: IamContext,
  arn: string,
  tags: readonly Tag[],
  request: PageRequest,
): { Tags: TagShape[] } & Page<Tag>['rest'] => {
  const { items, rest } = page(context, `tags/${arn}`, tags, request, ({ key }) => key)
  return { Tags: describeTags(items), ...rest }
}
