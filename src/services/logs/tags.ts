/** Tags of groups and destinations, which the API has as maps. */
import { isLogDestinationArn } from '../../model/arn.ts'
import type { Tag } from '../../model/records.ts'
import { mergedTags, tagsWithout } from '../checked-tags.ts'
import type { LogsContext } from './context.ts'
import { groupArnOf } from './access.ts'
import { notFound, tagFaults } from './faults.ts'

export const tagsOf = (tags: Readonly<Record<string, string>> | undefined = {}): readonly Tag[] =>
  Object.entries(tags).map(([key, value]) => ({ key, value }))

export const tagMap = (tags: readonly Tag[]): Record<string, string> =>
  Object.fromEntries(tags.map(({ key, value }) => [key, value]))

/** What has tags. */
interface Tagged {
  readonly arn: string
  readonly tags: readonly Tag[]
}

export const addTags = (context: LogsContext, { arn, tags }: Tagged, added: readonly Tag[]): void =>
  setTags(context, arn, mergedTags(tags, added, tagFaults))

export const removeTags = (context: LogsContext, { arn, tags }: Tagged, keys: readonly string[]): void =>
  setTags(context, arn, tagsWithout(tags, keys))

const setTags = ({ tx }: LogsContext, arn: string, tags: readonly Tag[]): void => {
  if (isLogDestinationArn(arn)) tx.logDestinations.update(arn, { tags })
  else tx.logGroups.update(arn, { tags })
}

/** Throws `ResourceNotFoundException`. */
export const requireTagged = (context: LogsContext, resourceArn: string | undefined): Tagged => {
  const { tx, account, region } = context
  const arn = groupArnOf(context, resourceArn ?? '')
  const found = tx.logGroups.get(arn) ?? tx.logDestinations.get(arn)
  if (found === undefined || found.account !== account || found.region !== region)
    throw notFound('The specified resource does not exist.')
  return found
}
