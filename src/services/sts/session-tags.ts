/**
 * Tags that a session brings: those of its request, and the transitive ones of the session that made the request.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html
 */
import type { Tag as TagShape } from '@aws-sdk/client-sts'
import type { Session } from '../../model/principal.ts'
import type { ContextValues } from '../../model/policy/types.ts'
import type { Tag } from '../../model/records.ts'
import { checkedTags, requestTagContext } from '../checked-tags.ts'
import { invalidParameterValue, validationError } from './faults.ts'

export interface SessionTags {
  /** All that the new session has, inherited ones first. */
  readonly tags: readonly Tag[]
  readonly transitiveKeys: readonly string[]
}

interface TagRequest {
  readonly Tags?: readonly TagShape[] | undefined
  readonly TransitiveTagKeys?: readonly string[] | undefined
}

/** `caller` is the session that asks, if one does. */
export const sessionTags = (request: TagRequest, caller: Session | undefined): SessionTags => {
  const tags = requestedTags(request.Tags ?? [])
  const transitiveKeys = request.TransitiveTagKeys ?? []
  for (const key of transitiveKeys)
    if (!has(tags, key))
      throw invalidParameterValue('The specified transitive tag key must be included in the requested tags.')
  const inheritedKeys = caller?.transitiveTagKeys ?? []
  const inherited = (caller?.tags ?? []).filter(({ key }) => inheritedKeys.some((each) => isSame(each, key)))
  if (inherited.some(({ key }) => has(tags, key)))
    throw invalidParameterValue(
      "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
    )
  return { tags: [...inherited, ...tags], transitiveKeys: [...inheritedKeys, ...transitiveKeys] }
}

/** Members of a session that has these tags. */
export const taggedSession = ({ tags, transitiveKeys }: SessionTags): Pick<Session, 'tags' | 'transitiveTagKeys'> => ({
  ...(tags.length > 0 && { tags }),
  ...(transitiveKeys.length > 0 && { transitiveTagKeys: transitiveKeys }),
})

/** Condition keys of a request for a session with these tags. */
export const sessionTagContext = ({ tags, transitiveKeys }: SessionTags): ContextValues => ({
  ...requestTagContext(tags),
  ...(transitiveKeys.length > 0 && { 'sts:transitivetagkeys': transitiveKeys }),
})

const requestedTags = (shapes: readonly TagShape[]): readonly Tag[] => {
  const tags = shapes.map(({ Key = '', Value = '' }) => ({ key: Key, value: Value }))
  if (new Set(tags.map(({ key }) => key.toLowerCase())).size < tags.length)
    throw invalidParameterValue('Duplicate tag keys found. Please note that Tag keys are case insensitive.')
  return checkedTags(tags, { invalid: validationError, tooMany: validationError })
}

const isSame = (left: string, right: string): boolean => left.toLowerCase() === right.toLowerCase()

const has = (tags: readonly Tag[], key: string): boolean => tags.some((tag) => isSame(tag.key, key))
