/** Reads a lifecycle policy's text, strictly: a member that is not understood could have been meant to keep images. */
import { closestName } from '../../kit/closest-name.ts'
import type { LifecycleRule } from './lifecycle-policy.ts'

/** The message says what is wrong, and where. */
export class InvalidLifecyclePolicy extends Error {
  override readonly name = 'InvalidLifecyclePolicy'
}

/** Source: the quotas of Amazon ECR. */
const RULES = 50
const DESCRIPTION_LENGTH = 256
const LIST_LENGTH = 100
const TAG_LENGTH = 128
const WILDCARDS_PER_PATTERN = 4
/** AWS: an image stays in the archive for that long at least, as far as policies are concerned. */
const ARCHIVED_DAYS = 90

/** In the order of their priorities. Throws `InvalidLifecyclePolicy`. */
export const parseLifecyclePolicy = (text: string): readonly LifecycleRule[] => {
  const rules = listAt(objectAt(parsed(text), 'policy', ['rules']), 'rules', 'policy', RULES)
  const read = rules.map((rule, index) => ruleOf(rule, `rules[${index}]`))
  checkTogether(read)
  return read.toSorted((a, b) => a.priority - b.priority)
}

type Members = Readonly<Record<string, unknown>>

const ruleOf = (value: unknown, where: string): LifecycleRule => {
  const rule = objectAt(value, where, ['rulePriority', 'description', 'selection', 'action'])
  const at = `${where}.selection`
  const selection = objectAt(rule['selection'], at, SELECTION)
  const read: LifecycleRule = {
    priority: numberAt(rule, 'rulePriority', where),
    ...descriptionOf(rule, where),
    tagStatus: oneOf(selection, 'tagStatus', at, ['tagged', 'untagged', 'any']),
    tagPrefixes: tagsAt(selection, 'tagPrefixList', at),
    tagPatterns: tagsAt(selection, 'tagPatternList', at),
    storageClass: storageClassOf(selection, at),
    countType: oneOf(selection, 'countType', at, COUNT_TYPES),
    countNumber: numberAt(selection, 'countNumber', at),
    action: actionOf(rule, `${where}.action`),
  }
  checkTags(read, selection, at)
  checkCount(read, selection, at)
  return read
}

const SELECTION = [
  'tagStatus',
  'tagPrefixList',
  'tagPatternList',
  'storageClass',
  'countType',
  'countUnit',
  'countNumber',
]
const COUNT_TYPES = ['imageCountMoreThan', 'sinceImagePushed', 'sinceImagePulled', 'sinceImageTransitioned'] as const

const descriptionOf = (rule: Members, where: string): { readonly description?: string } => {
  const { description } = rule
  if (description === undefined) return {}
  if (typeof description !== 'string' || description.length > DESCRIPTION_LENGTH)
    throw wrong(`${where}.description`, `has to be a text of at most ${DESCRIPTION_LENGTH} characters`)
  return { description }
}

const storageClassOf = (selection: Members, where: string): LifecycleRule['storageClass'] =>
  selection['storageClass'] === undefined ||
  oneOf(selection, 'storageClass', where, ['standard', 'archive']) === 'standard'
    ? 'STANDARD'
    : 'ARCHIVE'

const actionOf = (rule: Members, where: string): LifecycleRule['action'] => {
  const action = objectAt(rule['action'], where, ['type', 'targetStorageClass'])
  if (oneOf(action, 'type', where, ['expire', 'transition']) === 'transition') {
    oneOf(action, 'targetStorageClass', where, ['archive'])
    return 'TRANSITION'
  }
  if (action['targetStorageClass'] !== undefined)
    throw wrong(`${where}.targetStorageClass`, 'can be given with the type transition only')
  return 'EXPIRE'
}

const checkTags = ({ tagStatus, tagPrefixes, tagPatterns }: LifecycleRule, selection: Members, where: string): void => {
  const given = ['tagPrefixList', 'tagPatternList'].filter((name) => selection[name] !== undefined)
  if (given.length > 1) throw wrong(where, 'can have tagPrefixList or tagPatternList, not both')
  if (tagStatus !== 'tagged' && given.length > 0)
    throw wrong(`${where}.${given[0]}`, 'can be given with the tagStatus tagged only')
  if (tagStatus === 'tagged' && tagPrefixes.length + tagPatterns.length === 0)
    throw wrong(where, 'needs a tagPrefixList or a tagPatternList, because its tagStatus is tagged')
  if (tagPatterns.some((pattern) => pattern.split('*').length > WILDCARDS_PER_PATTERN + 1))
    throw wrong(`${where}.tagPatternList`, `can have ${WILDCARDS_PER_PATTERN} wildcards in each pattern at most`)
}

const checkCount = (rule: LifecycleRule, selection: Members, where: string): void => {
  const { countType, countNumber, storageClass, action } = rule
  const isOfDays = countType !== 'imageCountMoreThan'
  if (isOfDays && selection['countUnit'] !== 'days') throw wrong(`${where}.countUnit`, 'has to be days')
  if (!isOfDays && selection['countUnit'] !== undefined)
    throw wrong(`${where}.countUnit`, 'cannot be given with imageCountMoreThan')
  if ((countType === 'sinceImageTransitioned') !== (storageClass === 'ARCHIVE'))
    throw wrong(where, 'can have sinceImageTransitioned with the storageClass archive, and the others with standard')
  if (storageClass === 'ARCHIVE' && action === 'TRANSITION')
    throw wrong(where, 'cannot have the storageClass archive, because its action brings images there')
  if (storageClass === 'ARCHIVE' && countNumber < ARCHIVED_DAYS)
    throw wrong(`${where}.countNumber`, `has to be ${ARCHIVED_DAYS} or more for images in the archive`)
}

/** AWS: priorities are unique; `any` comes last, and `untagged` and each set of tags come once, in each storage class. */
const checkTogether = (rules: readonly LifecycleRule[]): void => {
  const priorities = new Set<number>()
  const selections = new Set<string>()
  for (const [index, rule] of rules.entries()) {
    const where = `rules[${index}]`
    if (priorities.has(rule.priority)) throw wrong(`${where}.rulePriority`, 'is that of another rule')
    priorities.add(rule.priority)
    const selection = selectionKey(rule)
    if (selections.has(selection)) throw wrong(`${where}.selection`, 'selects the images of another rule')
    selections.add(selection)
    const isLast = rules.every((each) => each.storageClass !== rule.storageClass || each.priority <= rule.priority)
    if (rule.tagStatus === 'any' && !isLast)
      throw wrong(`${where}.rulePriority`, 'has to be the highest number, because the tagStatus is any')
  }
}

const selectionKey = ({ storageClass, tagStatus, tagPrefixes, tagPatterns, action }: LifecycleRule): string =>
  JSON.stringify([storageClass, tagStatus, action, tagPrefixes.toSorted(), tagPatterns.toSorted()])

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new InvalidLifecyclePolicy('The policy is not JSON', { cause: error })
  }
}

const objectAt = (value: unknown, where: string, known: readonly string[]): Members => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(where, 'has to be an object')
  for (const name of Object.keys(value)) {
    if (known.includes(name)) continue
    const meant = closestName(name, known)
    throw wrong(`${where}.${name}`, `is not known${meant === undefined ? '' : `; ${meant} is`}`)
  }
  return value as Members
}

const listAt = (members: Members, name: string, where: string, limit: number): readonly unknown[] => {
  const value = members[name]
  if (!Array.isArray(value) || value.length === 0 || value.length > limit)
    throw wrong(`${where}.${name}`, `has to be a list of 1 to ${limit} items`)
  return value
}

const tagsAt = (selection: Members, name: string, where: string): readonly string[] => {
  if (selection[name] === undefined) return []
  return listAt(selection, name, where, LIST_LENGTH).map((tag) => {
    if (typeof tag === 'string' && tag.length > 0 && tag.length <= TAG_LENGTH) return tag
    throw wrong(`${where}.${name}`, `has to have texts of 1 to ${TAG_LENGTH} characters`)
  })
}

const numberAt = (members: Members, name: string, where: string): number => {
  const value = members[name]
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 2 ** 31 - 1) return value
  throw wrong(`${where}.${name}`, 'has to be a whole number from 1')
}

const oneOf = <Value extends string>(
  members: Members,
  name: string,
  where: string,
  values: readonly Value[],
): Value => {
  const value = values.find((each) => each === members[name])
  if (value !== undefined) return value
  throw wrong(`${where}.${name}`, `has to be ${values.join(' or ')}`)
}

const wrong = (where: string, sentence: string): InvalidLifecyclePolicy =>
  new InvalidLifecyclePolicy(`${where} ${sentence}`)
